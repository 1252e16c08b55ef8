import type { AgentIntegration } from './agent-integration.js';
import { aiSdk6Hooks } from './ai-sdk/ai-sdk-6.js';
import { aiSdk7Hooks, keyOf } from './ai-sdk/ai-sdk-7.js';
import { warnOfBypassingCalls } from './ai-sdk/ai-sdk-bypass.js';

/** Options of `aiSdk()`. */
export interface AiSdkOptions {
  /** Tools whose call is the run's regular end (`stopWhen: hasToolCall('done')`); other stops are limits of steps. */
  finalTools?: readonly string[] | undefined;
}

/**
 * Tracks every call of the AI SDK, versions 6 and 7: agent runs, tools, calls of models, embeddings (7), approvals.
 *
 * A call that has a name (`telemetry: { functionId: 'copilot' }`) is an agent's run. Calls with `telemetry.integrations`
 * of their own are not seen, since these replace all others; outside production the first such call of version 7 is warned
 * of. Version 6 does not tell of errors, nor of embeddings.
 *
 * @example
 * AnalyticsModule.forRoot({ integrations: [aiSdk()] })
 */
export function aiSdk(options: AiSdkOptions = {}): AgentIntegration {
  return {
    name: 'aiSdk()',
    sees: ['ai-sdk'],
    register(recorder) {
      const { finalTools = [] } = options;
      const six = aiSdk6Hooks(recorder, finalTools);
      const seven = aiSdk7Hooks(recorder, finalTools);
      // Both versions call all hooks of these names; the events of version 7 have a `callId`.
      const onStart = (event: object) => ('callId' in event ? seven : six).onStart(event as never);
      const hooks = { ...six, ...seven, onStart };
      // What `registerTelemetry` does, without importing a package that may not be there.
      const registered = (holder.AI_SDK_TELEMETRY_INTEGRATIONS ??= []);
      registered.push(hooks);
      const stopWarning = warnOfBypassingCalls(recorder, (callId) => {
        return recorder.isElsewhere || recorder.find(keyOf(callId)) !== undefined;
      });
      return () => {
        stopWarning();
        const index = registered.indexOf(hooks);
        if (index >= 0) registered.splice(index, 1);
      };
    },
  };
}

const holder = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };
