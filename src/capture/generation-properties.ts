import type { JsonObject, JsonValue } from '../event/analytics-event.js';
import { errorType, redactedMessage } from '../event/redaction.js';
import type { ContentCapture } from './content-capture.js';
import type { ModelCall } from './model-call.js';

/** The properties of PostHog's `$ai_generation` or `$ai_embedding`; what is unknown stays away. */
export function generationProperties(
  call: ModelCall,
  content: ContentCapture,
  captureErrorMessages: boolean,
): JsonObject {
  const properties: JsonObject = {};
  const put = (name: string, value: JsonValue | undefined | null): void => {
    if (value !== undefined && value !== null) properties[name] = value;
  };
  put('$ai_provider', call.provider);
  put('$ai_model', call.model);
  put('$ai_input_tokens', finite(call.inputTokens));
  put('$ai_output_tokens', finite(call.outputTokens));
  put('$ai_cache_read_input_tokens', finite(call.cacheReadTokens));
  put('$ai_cache_creation_input_tokens', finite(call.cacheWriteTokens));
  if (call.inputTokens != null) put('$ai_cache_reporting_exclusive', call.cacheIsExclusive ?? false);
  // PostHog prices Gemini's reasoning twice where it is told of it (PostHog/posthog#71065).
  if (!isGemini(call)) put('$ai_reasoning_tokens', finite(call.reasoningTokens));
  put('$ai_latency', seconds(call.durationMs));
  put('$ai_time_to_first_token', seconds(call.timeToFirstTokenMs));
  put('$ai_stream', call.isStream);
  put('$ai_stop_reason', call.outcome === 'aborted' ? 'aborted' : call.stopReason);
  put('$ai_http_status', finite(call.httpStatus ?? statusOf(call.error)));
  put('$ai_base_url', call.baseUrl === undefined ? undefined : originOf(call.baseUrl));
  if (finite(call.costUsd) !== undefined) {
    put('$ai_total_cost_usd', finite(call.costUsd));
    // Without it PostHog adds an estimated split of its own.
    put('$ai_cost_passthrough', true);
  }
  if (call.toolsCalled !== undefined && call.toolsCalled.length > 0) {
    put('$ai_tools_called', call.toolsCalled.join(','));
    put('$ai_tool_call_count', call.toolsCalled.length);
  }
  put('retries', call.retries);
  putOutcome(properties, call, captureErrorMessages);
  put('$ai_input', content.take('prompts', call.input));
  if (call.kind !== 'embedding') put('$ai_output_choices', content.take('completions', call.output));
  put('$ai_tools', content.take('toolDefinitions', call.tools));
  return properties;
}

/** How something ended, in our words and in PostHog's. An error's message goes out only where that is switched on. */
export function putOutcome(
  properties: JsonObject,
  end: Pick<ModelCall, 'outcome' | 'abortReason' | 'error'>,
  captureErrorMessages: boolean,
): void {
  const { outcome = 'success', abortReason, error } = end;
  properties.outcome = outcome;
  properties.$ai_is_error = outcome === 'error';
  if (outcome === 'aborted') properties.abort_reason = abortReason ?? null;
  if (outcome !== 'error') return;
  const type = error === undefined ? null : errorType(error);
  properties.error_type = type;
  properties.$ai_error = (captureErrorMessages ? redactedMessage(error) : null) ?? type ?? 'error';
}

/** Milliseconds as the seconds that PostHog counts in, to the microsecond. */
export function seconds(ms: number | null | undefined): number | undefined {
  const value = finite(ms);
  return value === undefined ? undefined : Math.round(value * 1_000) / 1_000_000;
}

function finite(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function isGemini({ provider, model }: ModelCall): boolean {
  return /\b(?:google|gemini|vertex)/i.test(`${provider ?? ''} ${model ?? ''}`);
}

/** The HTTP status that clients put on their errors. */
function statusOf(error: unknown): number | undefined {
  try {
    const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
    return [statusCode, status].find((value): value is number => typeof value === 'number');
  } catch {
    return undefined;
  }
}

/** A path or a query may hold an account's name or a key. */
function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}
