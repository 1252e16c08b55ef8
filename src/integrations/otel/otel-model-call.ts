import type { ModelCall } from '../../capture/model-call.js';
import { finishReasonOf } from './otel-endings.js';
import { callsIn, outputIn, read } from './otel-messages.js';
import { milliseconds, numberIn, textIn, type Attributes, type OtelSpan } from './otel-span.js';

/** What a span says of a call of a model when it begins. */
export function requestOf({ attributes }: OtelSpan): ModelCall {
  return {
    provider: textIn(attributes, 'gen_ai.provider.name', 'gen_ai.system', 'ai.model.provider'),
    model: textIn(attributes, 'gen_ai.request.model', 'ai.model.id'),
    baseUrl: baseUrlIn(attributes),
    isStream: streamIn(attributes),
  };
}

/** What a span says of a call of a model when it has ended. */
export function answerOf(span: OtelSpan): ModelCall {
  const { attributes } = span;
  const output = outputIn(attributes);
  const seconds = numberIn(attributes, 'gen_ai.client.operation.duration');
  const { provider, model, baseUrl, isStream } = requestOf(span);
  return {
    provider,
    model: textIn(attributes, 'gen_ai.response.model', 'ai.response.model') ?? model,
    baseUrl,
    isStream,
    ...usageIn(attributes),
    stopReason: finishReasonOf(attributes),
    durationMs: seconds === undefined ? milliseconds(span.duration) : seconds * 1_000,
    timeToFirstTokenMs: firstTokenIn(span),
    httpStatus: numberIn(attributes, 'http.response.status_code'),
    toolsCalled: callsIn(output).asked.map(({ name }) => name),
    output,
  };
}

function usageIn(attributes: Attributes): ModelCall {
  const of = (...names: string[]) => numberIn(attributes, ...names);
  const inputTokens = of('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'ai.usage.tokens');
  const cacheReadTokens = of(
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.cached_input_tokens',
    'ai.usage.cachedInputTokens',
  );
  const cacheWriteTokens = of('gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_creation_input_tokens');
  return {
    inputTokens,
    outputTokens: of('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
    cacheReadTokens,
    cacheWriteTokens,
    // The conventions count cached tokens in; more of them than there are in all were left out.
    cacheIsExclusive: (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0) > (inputTokens ?? Infinity) || undefined,
    reasoningTokens: of(
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'ai.usage.outputTokenDetails.reasoningTokens',
      'ai.usage.reasoningTokens',
      'llm.usage.reasoning_tokens',
    ),
    costUsd: of('gen_ai.usage.cost', 'gen_ai.usage.total_cost') ?? openRouterCostIn(attributes),
  };
}

/** What OpenRouter says that it cost, where the AI SDK writes the provider's metadata down. */
function openRouterCostIn(attributes: Attributes): number | undefined {
  const given = attributes['ai.response.providerMetadata'];
  if (typeof given !== 'string' || !given.includes('openrouter')) return undefined;
  const { openrouter } = (read(given) ?? {}) as { openrouter?: { usage?: { cost?: unknown } } };
  const cost = openrouter?.usage?.cost;
  return typeof cost === 'number' ? cost : undefined;
}

function firstTokenIn({ attributes, events, startTime }: OtelSpan): number | undefined {
  const seconds = numberIn(
    attributes,
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.client.operation.time_to_first_chunk',
    'gen_ai.server.time_to_first_token',
  );
  if (seconds !== undefined) return seconds * 1_000;
  const first = numberIn(attributes, 'ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk');
  if (first !== undefined) return first;
  const event = events.find(({ name }) => /first[._]?(?:chunk|token)|content\.completion\.chunk/i.test(name));
  return event && Math.max(0, milliseconds(event.time) - milliseconds(startTime));
}

function baseUrlIn(attributes: Attributes): string | undefined {
  const address = textIn(attributes, 'server.address');
  if (address === undefined) return undefined;
  const port = numberIn(attributes, 'server.port') ?? 443;
  return port === 443 ? `https://${address}` : port === 80 ? `http://${address}` : `https://${address}:${port}`;
}

function streamIn(attributes: Attributes): boolean | undefined {
  const given = attributes['gen_ai.request.stream'] ?? attributes['llm.is_streaming'];
  if (typeof given === 'boolean') return given;
  return textIn(attributes, 'ai.operationId')?.endsWith('.doStream') === true ? true : undefined;
}
