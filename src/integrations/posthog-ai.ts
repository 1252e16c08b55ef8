import type { AnalyticsService } from '../capture/analytics.service.js';
import type { ModelCall } from '../capture/model-call.js';
import { AnalyticsContext } from '../context/analytics-context.js';
import { namedError } from './recorder/named-error.js';

/** What of posthog-node's client the wrappers of `@posthog/ai` use. */
export interface PostHogAiClient {
  readonly options: { readonly enableExceptionAutocapture: false };
  readonly privacy_mode: false;
  capture(message: PostHogAiMessage): void;
  captureImmediate(message: PostHogAiMessage): Promise<void>;
  captureException(error: unknown): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface PostHogAiMessage {
  readonly distinctId?: string | undefined;
  readonly event: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
  readonly groups?: Readonly<Record<string, string | number>> | undefined;
  readonly timestamp?: Date | undefined;
}

type Analytics = Pick<AnalyticsService, 'trackGeneration' | 'captureException' | 'flush'>;

/**
 * A client for the OpenAI, Anthropic and Gemini wrappers of `@posthog/ai`: what they report goes out by this library,
 * with the context's person, session and trace, without content unless `captureContent` lets it out, and is counted
 * for the message and run around it. The trace that a wrapper makes up itself counts outside any other only.
 *
 * @example
 * const openai = new OpenAI({ apiKey, posthog: posthogAiClient(analytics) as unknown as PostHog });
 */
export function posthogAiClient(analytics: Analytics): PostHogAiClient {
  const capture = ({ event, properties = {}, distinctId, groups, timestamp }: PostHogAiMessage): void => {
    if (event !== '$ai_generation' && event !== '$ai_embedding') return;
    const { $ai_trace_id: own } = properties;
    const { traceId } = AnalyticsContext.get();
    analytics.trackGeneration({
      ...callOf(properties),
      kind: event === '$ai_embedding' ? 'embedding' : 'generation',
      // Without a person of its own a wrapper takes its trace's id for one.
      userId: properties['$process_person_profile'] === false ? undefined : distinctId,
      groups: groups && Object.fromEntries(Object.entries(groups).map(([type, key]) => [type, String(key)])),
      timestamp,
      traceId: traceId ?? (typeof own === 'string' && own !== '' ? own : undefined),
      properties: ownProperties(properties),
    });
  };
  return {
    options: { enableExceptionAutocapture: false },
    // Content is withheld here; in their own privacy mode the wrappers still send errors and tools.
    privacy_mode: false,
    capture,
    captureImmediate: (message) => Promise.resolve(capture(message)),
    captureException: (error) => analytics.captureException(error),
    flush: async () => void (await analytics.flush()),
    // The application's analytics ends with the application.
    shutdown: () => Promise.resolve(),
  };
}

function callOf(properties: Readonly<Record<string, unknown>>): ModelCall {
  const text = (name: string) => (typeof properties[name] === 'string' ? properties[name] : undefined);
  const number = (name: string) => (typeof properties[name] === 'number' ? properties[name] : undefined);
  const ms = (name: string) => (typeof properties[name] === 'number' ? properties[name] * 1000 : undefined);
  const failed = properties['$ai_is_error'] === true;
  return {
    provider: text('$ai_provider'),
    model: text('$ai_model'),
    baseUrl: text('$ai_base_url'),
    inputTokens: number('$ai_input_tokens'),
    outputTokens: number('$ai_output_tokens'),
    cacheReadTokens: number('$ai_cache_read_input_tokens'),
    cacheWriteTokens: number('$ai_cache_creation_input_tokens'),
    cacheIsExclusive: properties['$ai_cache_reporting_exclusive'] === true || text('$ai_provider') === 'anthropic',
    reasoningTokens: number('$ai_reasoning_tokens'),
    costUsd: number('$ai_total_cost_usd'),
    stopReason: text('$ai_stop_reason'),
    httpStatus: number('$ai_http_status'),
    durationMs: ms('$ai_latency'),
    timeToFirstTokenMs: ms('$ai_time_to_first_token'),
    // An error may turn out to be an abort.
    outcome: failed ? undefined : 'success',
    ...(failed && { error: errorOf(properties['$ai_error']) }),
    toolsCalled: toolsIn(properties['$ai_output_choices']),
    input: properties['$ai_input'],
    output: properties['$ai_output_choices'],
    tools: properties['$ai_tools'],
  };
}

/** The wrappers send an error as text. */
function errorOf(told: unknown): Error {
  const text = typeof told === 'string' ? told : '';
  try {
    const { name, message } = JSON.parse(text) as { name?: unknown; message?: unknown };
    return namedError(typeof name === 'string' ? name : 'Error', typeof message === 'string' ? message : text);
  } catch {
    return new Error(text);
  }
}

function toolsIn(choices: unknown): string[] {
  const parts = (Array.isArray(choices) ? choices : []).flatMap((choice: unknown) => {
    const { content } = (choice ?? {}) as { content?: unknown };
    return Array.isArray(content) ? (content as unknown[]) : [];
  });
  return parts.flatMap((part) => {
    const { type, function: called } = (part ?? {}) as { type?: unknown; function?: { name?: unknown } };
    return type === 'function' && typeof called?.name === 'string' ? [called.name] : [];
  });
}

/** `posthogProperties`: the application's own; PostHog's are read above, and the rest of those may be content. */
function ownProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !name.startsWith('$')));
}
