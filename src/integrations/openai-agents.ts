import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { AgentIntegration } from './agent-integration.js';
import { OpenAiAgentsProcessor } from './openai-agents/openai-agents-processor.js';
import type { AgentsTraceProcessor } from './openai-agents/openai-agents-spans.js';
import type { RunRecorder } from './recorder/run-recorder.js';

/** Options of `openAiAgents()`. */
export interface OpenAiAgentsOptions {
  /**
   * The function of that name of the application's own `@openai/agents`, where more than one copy of it is loaded.
   * @default the tracing of the copy that is loaded, or else that can be
   */
  addTraceProcessor?: ((processor: AgentsTraceProcessor) => void) | undefined;
}

/**
 * Tracks every run of `@openai/agents`: agent runs, tools, handoffs, agents as tools, calls of models, approvals. It
 * listens to the SDK's tracing beside OpenAI's own exporter, which stays as it is; `setTraceProcessors([])` before the
 * application starts takes that one away.
 *
 * Runs with `tracingDisabled` are not seen, and tracing is off while `NODE_ENV` is `test`. Embeddings are not told.
 *
 * @example
 * AnalyticsModule.forRoot({ integrations: [openAiAgents()] })
 */
export function openAiAgents(options: OpenAiAgentsOptions = {}): AgentIntegration {
  return {
    name: 'openAiAgents()',
    sees: ['openai-agents'],
    register(recorder) {
      const processor = new OpenAiAgentsProcessor(recorder);
      const add = options.addTraceProcessor;
      if (add !== undefined || loadedTracing() !== undefined) listen(processor, recorder, add);
      else void loadAndListen(processor, recorder);
      return () => processor.stop();
    },
  };
}

interface Tracing {
  registerProcessor(processor: AgentsTraceProcessor): void;
  createTrace?(options: object): { readonly traceId?: string };
}

interface AgentsSdk {
  readonly addTraceProcessor?: OpenAiAgentsOptions['addTraceProcessor'];
}

/** All copies of the package that a process loads share it, those of `import` and of `require` too. */
function loadedTracing(): Tracing | undefined {
  return (globalThis as { [sharedTracing]?: Tracing })[sharedTracing];
}

const sharedTracing: unique symbol = Symbol.for('openai.agents.core.traceProvider');

function listen(
  processor: OpenAiAgentsProcessor,
  recorder: RunRecorder,
  add: OpenAiAgentsOptions['addTraceProcessor'],
): void {
  if (add !== undefined) add(processor);
  else loadedTracing()?.registerProcessor(processor);
  // A trace of a tracing that is off has no id of its own; this one is never started.
  const trace = loadedTracing()?.createTrace?.({ name: 'nestjs-agent-analytics' });
  if (trace?.traceId === 'no-op') recorder.warnOnce(messages.agentsTracingOff());
}

/** The application imports the package later than this one, if at all. */
async function loadAndListen(processor: OpenAiAgentsProcessor, recorder: RunRecorder): Promise<void> {
  try {
    // By a variable, so that nobody who compiles or bundles this looks for a package that may not be there.
    const name: string = '@openai/agents';
    const { addTraceProcessor } = (await import(name)) as AgentsSdk;
    if (addTraceProcessor === undefined) throw new TypeError('no addTraceProcessor');
    listen(processor, recorder, addTraceProcessor);
  } catch (error) {
    const { code } = error as { code?: unknown };
    recorder.warnOnce(messages.agentsSdkMissing(typeof code === 'string' ? code : errorType(error)));
  }
}
