import type { ModelCall } from '../../capture/model-call.js';
import { parsedJson } from '../recorder/parsed-json.js';
import { chatMessage, type ChainMessage } from './langchain-messages.js';

interface Generation {
  readonly text?: string;
  readonly message?: ChainMessage;
  readonly generationInfo?: Readonly<Record<string, unknown>>;
}

/** What `handleLLMEnd` is told. */
export interface ModelOutput {
  readonly generations?: readonly (readonly Generation[])[];
  readonly llmOutput?: { readonly tokenUsage?: { readonly promptTokens?: number; readonly completionTokens?: number } };
}

/** What a model's answer says of its call. LangChain counts cached tokens as input for every provider. */
export function answerOf({ generations, llmOutput }: ModelOutput): ModelCall {
  const generation = generations?.[0]?.[0];
  const message = generation?.message;
  const usage = message?.usage_metadata;
  const about: Record<string, unknown> = { ...generation?.generationInfo, ...message?.response_metadata };
  const costUsd = costOf(about, usage?.total_tokens);
  return {
    // Clients that speak OpenAI's protocol call OpenRouter "openai"; it numbers its generations and tells their cost.
    provider: costUsd !== undefined || message?.id?.startsWith('gen-') === true ? 'openrouter' : undefined,
    inputTokens: usage?.input_tokens ?? llmOutput?.tokenUsage?.promptTokens,
    outputTokens: usage?.output_tokens ?? llmOutput?.tokenUsage?.completionTokens,
    cacheReadTokens: usage?.input_token_details?.cache_read,
    cacheWriteTokens: usage?.input_token_details?.cache_creation,
    reasoningTokens: usage?.output_token_details?.reasoning,
    costUsd,
    stopReason: [about.finish_reason, about.stop_reason, about.finishReason, about.stopReason].find(isText),
    toolsCalled: message?.tool_calls?.flatMap((call) => call?.name ?? []),
    output: [message === undefined ? { role: 'assistant', content: generation?.text } : chatMessage(message)],
  };
}

/** OpenRouter's. Where its usage comes with a last, empty piece of a stream, ChatOpenAI adds it up twice. */
function costOf(about: Readonly<Record<string, unknown>>, totalTokens: number | undefined): number | undefined {
  const { cost, total_tokens: summed } = (about.usage ?? about) as { cost?: unknown; total_tokens?: unknown };
  if (!isNumber(cost)) return undefined;
  const times = isNumber(summed) && totalTokens !== undefined && totalTokens > 0 ? summed / totalTokens : 1;
  return Number.isInteger(times) && times > 1 ? cost / times : cost;
}

/** What a tool returned: LangChain wraps it in a message for the model, as text. */
export function resultOf(output: unknown): unknown {
  const { content, tool_call_id } = (output ?? {}) as ChainMessage;
  if (tool_call_id == null) return output;
  return parsedJson(content, longestParsed);
}

/** In UTF-16 units: nothing that a product event is filled from is longer. */
const longestParsed = 20_000;

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
