import type { ModelCall } from '../../capture/model-call.js';
import { readUserMessage, type UserMessage } from '../../event/message-length.js';
import type { RecordedRun, RunEnd } from '../recorder/recorded-run.js';
import type { RunRecorder } from '../recorder/run-recorder.js';

// What is read of the AI SDK's telemetry, written down here so that neither version has to be installed.

interface Usage {
  readonly inputTokens?: number | undefined;
  readonly inputTokenDetails?: { readonly cacheReadTokens?: number; readonly cacheWriteTokens?: number } | undefined;
  readonly outputTokens?: number | undefined;
  readonly outputTokenDetails?: { readonly reasoningTokens?: number } | undefined;
  readonly raw?: { readonly cost?: unknown } | undefined;
}

export interface ToolCallPart {
  readonly type?: string;
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input?: unknown;
  readonly providerExecuted?: boolean;
}

export interface ContentPart extends Partial<ToolCallPart> {
  readonly approvalId?: string;
  readonly approved?: boolean;
  readonly isAutomatic?: boolean;
  readonly toolCall?: ToolCallPart;
}

interface Message {
  readonly role: string;
  readonly content: string | readonly ContentPart[];
}

export type Messages = readonly Message[] | undefined;

/** What a model was asked and has answered in one step, as both versions report it. */
export interface ModelAnswer {
  readonly finishReason?: string;
  readonly usage?: Usage | undefined;
  readonly content?: readonly ContentPart[];
}

/** The user's message that a call answers; one whose inputs are hidden is a message of unknown length. */
export function messageIn(messages: unknown, isHidden: boolean): UserMessage {
  if (isHidden) return { isMessage: true, length: null, isRegeneration: false };
  return typeof messages === 'string' ? readUserMessage(messages) : readUserMessage({ messages });
}

/** The messages of a call, what it was instructed before them. */
export function inputOf(instructions: unknown, messages: unknown): unknown {
  if (instructions === undefined || instructions === null) return messages;
  const first = typeof instructions === 'string' ? { role: 'system', content: instructions } : instructions;
  const rest = typeof messages === 'string' ? { role: 'user', content: messages } : messages;
  return [first, rest].flat();
}

/** What a model's answer says of its call. */
export function callOf({ finishReason, usage, content = [] }: ModelAnswer): ModelCall {
  const cost = usage?.raw?.cost;
  return {
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    cacheReadTokens: usage?.inputTokenDetails?.cacheReadTokens,
    cacheWriteTokens: usage?.inputTokenDetails?.cacheWriteTokens,
    reasoningTokens: usage?.outputTokenDetails?.reasoningTokens,
    // OpenRouter's, which comes through even where the SDK hides the provider's metadata.
    costUsd: typeof cost === 'number' ? cost : undefined,
    stopReason: finishReason,
    ...(finishReason === 'error' && { outcome: 'error' }),
    toolsCalled: content.flatMap(({ type, toolName }) => (type === 'tool-call' && toolName ? [toolName] : [])),
    output: [
      { role: 'assistant', content: content.filter(({ type }) => type !== 'tool-result' && type !== 'tool-error') },
    ],
  };
}

/** Tells the recorder of the people's and clients' answers with which a call goes on: they are its last message. */
export function answersIn(messages: Messages, run: RecordedRun, recorder: RunRecorder): void {
  const last = messages?.at(-1);
  if (last?.role !== 'tool' || typeof last.content === 'string') return;
  for (const part of last.content) {
    if (part.type === 'tool-approval-response' && part.approvalId !== undefined) {
      const decision = part.approved === true ? 'accept' : 'reject';
      recorder.decided({ id: part.approvalId, decision, ...askedFor(messages, part.approvalId) }, run);
    } else if (part.type === 'tool-result' && part.toolCallId !== undefined) {
      recorder.resumes(part.toolCallId, run);
    }
  }
}

/** The tool call that an approval was asked for, from the conversation itself. */
function askedFor(messages: Messages, approvalId: string): { toolName?: string; toolCallId?: string } {
  const parts = (messages ?? []).flatMap(({ content }) => (typeof content === 'string' ? [] : content));
  const toolCallId = parts.find(
    (part) => part.type === 'tool-approval-request' && part.approvalId === approvalId,
  )?.toolCallId;
  const toolName = parts.find((part) => part.type === 'tool-call' && part.toolCallId === toolCallId)?.toolName;
  return { ...(toolName !== undefined && { toolName }), ...(toolCallId !== undefined && { toolCallId }) };
}

/** Notes what a step leaves open for people. */
export function questionsIn(content: readonly ContentPart[] | undefined, run: RecordedRun): void {
  for (const { type, approvalId, isAutomatic, toolCall } of content ?? []) {
    if (type !== 'tool-approval-request' || isAutomatic === true || approvalId === undefined || !toolCall) continue;
    run.awaits({ id: approvalId, toolName: toolCall.toolName, toolCallId: toolCall.toolCallId });
  }
}

/**
 * How a call ended by its last step: the SDK says `tool-calls` both where its limit of steps stopped it and where tools
 * wait for the client that executes them.
 */
export function endOf(last: ModelAnswer, run: RecordedRun, finalTools: readonly string[]): RunEnd {
  const output = last.content;
  if (last.finishReason === 'error') return { outcome: 'error', output };
  if (last.finishReason !== 'tool-calls') return { outcome: 'success', output };
  const parts = last.content ?? [];
  const settled = new Set(
    parts.filter(({ type }) => type !== 'tool-call').map((part) => (part.toolCall ?? part).toolCallId),
  );
  const calls = parts.filter(({ type, providerExecuted }) => type === 'tool-call' && providerExecuted !== true);
  for (const { toolCallId, toolName } of calls) {
    if (toolCallId === undefined || toolName === undefined || settled.has(toolCallId)) continue;
    run.awaits({ id: toolCallId, toolName, toolCallId });
  }
  const isFinal = calls.some(({ toolName }) => toolName !== undefined && finalTools.includes(toolName));
  return { outcome: isFinal || calls.length === 0 ? 'success' : 'step_limit', output };
}

/** The error behind the SDK's own one that says how often it has tried. */
export function causeOf(error: unknown): unknown {
  const lastError = (error as { lastError?: unknown } | null | undefined)?.lastError;
  return lastError ?? error;
}
