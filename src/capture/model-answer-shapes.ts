import { isRecord, listOf, numberOf, recordOf, textOf, type Bag } from './model-answer-fields.js';
import type { ModelCall } from './model-call.js';

/** OpenAI's chat completion, whole or a chunk, which OpenRouter answers with too. */
export function answerOfChat(answer: Bag): ModelCall {
  const usage = recordOf(answer.usage);
  const choice = listOf(answer.choices)[0];
  const message = recordOf(choice?.message);
  const details = recordOf(usage.prompt_tokens_details);
  const tools = listOf(message.tool_calls).flatMap((call) => toolIn(call) ?? []);
  return {
    provider: providerOf(answer, usage),
    model: textOf(answer.model),
    inputTokens: numberOf(usage.prompt_tokens),
    outputTokens: numberOf(usage.completion_tokens),
    cacheReadTokens: numberOf(details.cached_tokens),
    cacheWriteTokens: numberOf(details.cache_write_tokens),
    reasoningTokens: numberOf(recordOf(usage.completion_tokens_details).reasoning_tokens),
    costUsd: numberOf(usage.cost),
    stopReason: textOf(choice?.finish_reason),
    ...failureIn(choice?.error ?? answer.error, choice?.finish_reason === 'error'),
    ...(tools.length > 0 && { toolsCalled: tools }),
    ...(choice?.message !== undefined && { output: [choice.message] }),
  };
}

/** The function, or the custom tool, that a chat completion's tool call names. */
export function toolIn(call: Bag): string | undefined {
  return textOf(recordOf(call.function ?? call.custom).name);
}

/** What OpenRouter answers with the status 200 where its provider has failed. */
export function failureIn(error: unknown, isFailed = false): ModelCall {
  return isFailed || isRecord(error) ? { outcome: 'error', httpStatus: numberOf(recordOf(error).code) } : {};
}

/** OpenAI's response. */
export function answerOfResponses(answer: Bag): ModelCall {
  const usage = recordOf(answer.usage);
  const output = listOf(answer.output);
  const tools = output.flatMap(({ type, name }) => (asksForTool(type) ? (textOf(name) ?? []) : []));
  const failed = answer.status === 'failed' || answer.status === 'cancelled';
  return {
    provider: providerOf(answer, usage),
    model: textOf(answer.model),
    inputTokens: numberOf(usage.input_tokens),
    outputTokens: numberOf(usage.output_tokens),
    cacheReadTokens: numberOf(recordOf(usage.input_tokens_details).cached_tokens),
    reasoningTokens: numberOf(recordOf(usage.output_tokens_details).reasoning_tokens),
    costUsd: numberOf(usage.cost),
    stopReason: textOf(recordOf(answer.incomplete_details).reason) ?? textOf(answer.status),
    ...(failed && { outcome: answer.status === 'failed' ? ('error' as const) : ('aborted' as const) }),
    ...(tools.length > 0 && { toolsCalled: tools }),
    output: answer.output,
  };
}

function asksForTool(type: unknown): boolean {
  return type === 'function_call' || type === 'custom_tool_call';
}

/** Anthropic's message, also as OpenRouter writes it, whose input tokens leave the cached ones out. */
export function answerOfAnthropic(message: Bag): ModelCall {
  const usage = recordOf(message.usage);
  const content = listOf(message.content);
  const tools = content.flatMap(({ type, name }) => (type === 'tool_use' ? (textOf(name) ?? []) : []));
  return {
    provider: isOpenRouters(message, usage) ? 'openrouter' : 'anthropic',
    model: textOf(message.model),
    inputTokens: numberOf(usage.input_tokens),
    outputTokens: numberOf(usage.output_tokens),
    cacheReadTokens: numberOf(usage.cache_read_input_tokens),
    cacheWriteTokens: numberOf(usage.cache_creation_input_tokens),
    cacheIsExclusive: true,
    costUsd: numberOf(usage.cost),
    stopReason: textOf(message.stop_reason),
    ...(tools.length > 0 && { toolsCalled: tools }),
    ...(content.length > 0 && { output: [{ role: 'assistant', content }] }),
  };
}

/** OpenAI's embeddings. */
export function answerOfEmbeddings(answer: Bag): ModelCall {
  const usage = recordOf(answer.usage);
  return {
    kind: 'embedding',
    provider: providerOf(answer, usage),
    model: textOf(answer.model),
    inputTokens: numberOf(usage.prompt_tokens),
    costUsd: numberOf(usage.cost),
  };
}

function providerOf(answer: Bag, usage: Bag): string {
  return isOpenRouters(answer, usage) ? 'openrouter' : 'openai';
}

/** OpenRouter tells what a call cost and who served it, and numbers its generations. */
function isOpenRouters({ id, provider }: Bag, usage: Bag): boolean {
  return usage.cost !== undefined || typeof provider === 'string' || textOf(id)?.startsWith('gen-') === true;
}
