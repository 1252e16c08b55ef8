import type { RunRecorder } from './recorder/run-recorder.js';

/** One agent framework that reports to the recorder: what `aiSdk()` and its siblings return. */
export interface AgentIntegration {
  readonly name: string;
  /** The sources of calls that it sees; of two integrations that share one, the second is left out with a warning. */
  readonly sees: readonly string[];
  /** Adds the framework's hooks, once, when analytics comes up; the function returned takes them away, at shutdown. */
  register(recorder: RunRecorder): () => void;
}
