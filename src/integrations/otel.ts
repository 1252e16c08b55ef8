import type { AgentIntegration } from './agent-integration.js';
import { AnalyticsSpanProcessor } from './otel/otel-processor.js';
import { OtelSpans } from './otel/otel-spans.js';

export type { AnalyticsSpanProcessor } from './otel/otel-processor.js';

/** Options of `otel()`. */
export interface OtelOptions {
  /**
   * What other integrations tell already, so that their spans are left out here: `ai-sdk`, `langchain`, `openai-agents`,
   * `mcp`. Any other text is the name of an instrumentation's tracer.
   */
  except?: readonly string[] | undefined;
  /** Tools whose call is the run's regular end; other runs that end with one have met a limit of steps. */
  finalTools?: readonly string[] | undefined;
}

/** What `otel()` returns. */
export interface OtelIntegration extends AgentIntegration {
  /** For the tracer provider's `spanProcessors`. */
  readonly processor: AnalyticsSpanProcessor;
}

/**
 * Tracks whatever writes spans by OpenTelemetry's GenAI conventions: agent runs, tools, calls of models, embeddings.
 * Make it where OpenTelemetry is set up, and give the same object to the module.
 *
 * The conventions tell no abort, no decision of a person and no retry; docs/agents.md says what is made of that.
 * Beside another integration that would see the same calls it is left out with NAA601, unless `except` names that one.
 *
 * @example
 * export const analytics = otel();
 * new NodeSDK({ spanProcessors: [analytics.processor] }).start();
 * // and in the module: AnalyticsModule.forRoot({ integrations: [analytics] })
 */
export function otel(options: OtelOptions = {}): OtelIntegration {
  const { except = [], finalTools = [] } = options;
  const processor = new AnalyticsSpanProcessor();
  const isLeftOut = (scope: string): boolean => {
    return except.some((name) => (Object.hasOwn(sources, name) ? sources[name]?.test(scope) === true : name === scope));
  };
  return {
    name: 'otel()',
    sees: Object.keys(sources).filter((source) => !except.includes(source)),
    processor,
    register: (recorder) => processor.listen(new OtelSpans(recorder, { isLeftOut, finalTools })),
  };
}

/** The tracers of those who write spans of what other integrations see. */
const sources: Readonly<Record<string, RegExp>> = {
  'ai-sdk': /^(?:ai|gen_ai|@ai-sdk\/otel)$/,
  langchain: /lang(?:chain|graph|smith)/i,
  'openai-agents': /openai[-_.]agents/i,
  mcp: /(?:^|[^a-z])mcp(?:[^a-z]|$)/i,
};
