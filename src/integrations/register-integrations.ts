import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { AgentIntegration } from './agent-integration.js';
import type { RunRecorder } from './recorder/run-recorder.js';

/**
 * Registers integrations, but not one that would see the same calls as one before it. The function returned takes
 * away what was registered. Never throws.
 */
export function registerIntegrations(
  integrations: readonly AgentIntegration[],
  recorder: RunRecorder,
  reporter: Reporter,
): () => void {
  const seenBy = new Map<string, string>();
  const removals: (() => void)[] = [];
  for (const integration of integrations) {
    const { name, sees } = integration;
    const first = sees.map((source) => seenBy.get(source)).find((other) => other !== undefined);
    if (first !== undefined) {
      reporter.warnOnce(messages.overlappingIntegrations(first, name), name);
      continue;
    }
    try {
      removals.push(integration.register(recorder));
      for (const source of sees) seenBy.set(source, name);
    } catch (error) {
      reporter.warnOnce(messages.integrationFailed(name, errorType(error)), name);
    }
  }
  return () => {
    for (const remove of removals.splice(0)) {
      try {
        remove();
      } catch {
        // The framework is gone already.
      }
    }
  };
}
