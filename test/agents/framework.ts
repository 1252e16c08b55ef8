import type { AgentIntegration } from 'nestjs-agent-analytics';
import type { ScenarioName, Scenario } from './scenarios.js';

/** How one agent framework plays the scenarios, with its real package and a scripted model. */
export interface AgentFramework {
  /** With the version. */
  readonly name: string;
  integrations(): AgentIntegration[];
  /**
   * Plays one part of a scenario as an application would: `ask` the first, `answer` the one after a person has
   * decided. Each is called in a context of its own, as a request would be.
   */
  ask(scenario: Scenario): Promise<unknown>;
  answer?(scenario: Scenario, asked: unknown, approved: boolean): Promise<void>;
  embed?(): Promise<void>;
  /** Where the framework tells something else, or less: the story then, and why. */
  readonly differences?: Readonly<Partial<Record<ScenarioName, Difference>>>;
}

interface Difference {
  readonly because: string;
  /** Absent: the framework has no such thing, or tells nothing of it. */
  readonly story?: string;
}
