import { listOf, numberOf, recordOf, textOf, type Bag } from '../../capture/model-answer-fields.js';
import { ModelAnswerReader } from '../../capture/model-answer.js';
import type { ModelCall } from '../../capture/model-call.js';
import { readUserMessage, type UserMessage } from '../../event/message-length.js';
import type { AgentsSpan, SpanUsage } from './openai-agents-spans.js';

/** A tool call that a model has asked for. */
export interface AskedCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
}

/** What a model's span says of its call; `undefined` where it holds no answer. */
export function answerIn({ spanData }: AgentsSpan): ModelCall | undefined {
  const answer = answerOf(spanData);
  const usage = spanData.usage === undefined ? {} : usageOf(spanData.usage);
  const model = modelIn(spanData);
  const reader = new ModelAnswerReader(true);
  if (answer !== undefined && reader.answer(answer)) {
    const tools = recordOf(answer).tools;
    return { ...model, ...reader.call, ...(tools !== undefined && { tools }) };
  }
  const output = listOf(spanData.output);
  if (output.length === 0) return spanData.usage === undefined ? undefined : { ...model, ...usage };
  const toolsCalled = callsIn(output).map(({ name }) => name);
  return { ...model, ...usage, ...(toolsCalled.length > 0 && { toolsCalled }), output };
}

/** The tokens of a turn, or of a generation that counts as `@openai/agents` does. */
export function usageOf(usage: SpanUsage): ModelCall {
  const input = recordOf(listOf(usage.input_tokens_details)[0] ?? usage.input_tokens_details);
  const output = recordOf(listOf(usage.output_tokens_details)[0] ?? usage.output_tokens_details);
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cached_input_tokens ?? numberOf(input.cached_tokens),
    cacheWriteTokens: usage.cache_write_input_tokens ?? numberOf(input.cache_write_tokens),
    reasoningTokens: numberOf(output.reasoning_tokens),
  };
}

/** The messages that a model was asked with, its instructions first. */
export function inputOf({ spanData }: AgentsSpan): unknown {
  if (spanData.type !== 'response') return spanData.input;
  const { _input: input } = spanData;
  const { instructions } = recordOf(spanData._response);
  if (typeof instructions !== 'string') return input;
  const rest = typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input);
  return [{ role: 'system', content: instructions }, ...rest];
}

/** The user's message that the first call of a run answers. */
export function messageIn({ spanData }: AgentsSpan): UserMessage {
  const messages = spanData.type === 'response' ? spanData._input : spanData.input;
  return typeof messages === 'string' ? readUserMessage(messages) : readUserMessage({ messages });
}

/** The functions that a model has asked for. */
export function askedIn({ spanData }: AgentsSpan): AskedCall[] {
  if (spanData.type === 'response') return callsIn(listOf(recordOf(spanData._response).output));
  const output = listOf(spanData.output);
  const message = recordOf(listOf(output[0]?.choices)[0]?.message);
  const chat = listOf(message.tool_calls).map((call) => ({ ...recordOf(call.function), callId: call.id }));
  return chat.length > 0 ? callsOf(chat) : callsIn(output);
}

/** Of a generation only a chat completion is one: the SDK's own items have the looks of other clients' answers. */
function answerOf({ type, _response, output }: AgentsSpan['spanData']): Bag | undefined {
  const [first] = listOf(output);
  const answer = type === 'response' ? _response : Array.isArray(first?.choices) ? first : undefined;
  return typeof answer === 'object' && answer !== null ? (answer as Bag) : undefined;
}

/** Items of a response, or of the SDK's own protocol, or of a model that was made for the AI SDK. */
function callsIn(output: readonly Bag[]): AskedCall[] {
  return callsOf(output.filter(({ type }) => type === 'function_call' || type === 'tool-call'));
}

function callsOf(calls: readonly Bag[]): AskedCall[] {
  return calls.flatMap((call) => {
    const id = textOf(call.callId) ?? textOf(call.call_id) ?? textOf(call.toolCallId);
    const name = textOf(call.name) ?? textOf(call.toolName);
    const given = call.arguments ?? call.input;
    const args = typeof given === 'string' ? given : JSON.stringify(given ?? {});
    return id === undefined || name === undefined ? [] : [{ id, name, arguments: args }];
  });
}

/** A model that was made for the AI SDK is told as `provider:model`. */
function modelIn({ model, model_config: config }: AgentsSpan['spanData']): ModelCall {
  const provider = config?.model_impl === 'ai-sdk' ? textOf(config.provider) : undefined;
  if (provider === undefined || model?.startsWith(`${provider}:`) !== true) return { model };
  return { provider, model: model.slice(provider.length + 1) };
}
