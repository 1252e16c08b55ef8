import { readUserMessage, type UserMessage } from '../../event/message-length.js';

// What is read of LangChain's messages, written down here so that it need not be installed.

export interface ChainToolCall {
  readonly id?: string | null;
  readonly name: string;
  readonly args?: unknown;
}

export interface ChainMessage {
  readonly id?: string;
  readonly content?: unknown;
  readonly role?: string;
  readonly type?: string;
  readonly tool_calls?: readonly (ChainToolCall | null)[] | null;
  readonly tool_call_id?: string | null;
  readonly status?: string;
  readonly response_metadata?: Readonly<Record<string, unknown>>;
  readonly usage_metadata?: UsageMetadata;
  getType?(): string;
}

interface UsageMetadata {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly total_tokens?: number;
  readonly input_token_details?: { readonly cache_read?: number; readonly cache_creation?: number };
  readonly output_token_details?: { readonly reasoning?: number };
}

/** A message as applications write it: of the package, a plain object, `['user', 'text']` or the user's text. */
type MessageLike = ChainMessage | readonly [string, unknown] | string;
/** Where messages are looked for, there may be anything. */
type Listed = MessageLike | null | undefined;

/** A message in OpenAI's shape, of which `captureContent` knows what is a tool's. */
interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly object[];
  readonly tool_call_id?: string;
}

/** The user's message that a run answers; `undefined` where it goes on with an earlier one. */
export function userMessageIn(input: unknown): UserMessage | undefined {
  if (isCommand(input) || goesOn(input)) return undefined;
  const messages = messagesIn(input);
  if (messages === undefined) return readUserMessage(input);
  const last = messages.at(-1);
  return readUserMessage({ messages: last == null ? [] : [chatMessage(last)] });
}

/** A graph that goes on after a breakpoint is called with null, and tells that it is called with `{ input: null }`. */
export function goesOn(input: unknown): boolean {
  if (input === undefined || input === null) return true;
  return typeof input === 'object' && 'input' in input && (input.input ?? null) === null;
}

/** The messages of a graph's state, or of a chain's input that is one. */
export function messagesIn(state: unknown): readonly Listed[] | undefined {
  if (Array.isArray(state)) return state as Listed[];
  const { messages } = (state ?? {}) as { messages?: unknown };
  if (messages === undefined || messages === null) return undefined;
  return (Array.isArray(messages) ? messages : [messages]) as Listed[];
}

/** The tool calls that the last message asks for: nothing has answered them yet. */
export function openToolCalls(state: unknown): readonly ChainToolCall[] {
  const last = messagesIn(state)?.at(-1);
  if (!isMessage(last) || roleOf(last) !== 'assistant') return [];
  return (last.tool_calls ?? []).filter((call) => call != null);
}

/** The ids of the tool calls that the last messages answer. */
export function answeredToolCalls(state: unknown): string[] {
  const ids: string[] = [];
  const messages = messagesIn(state) ?? [];
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i];
    if (!isMessage(message) || message.tool_call_id == null) break;
    ids.push(message.tool_call_id);
  }
  return ids;
}

export function isCommand(input: unknown): input is { readonly resume?: unknown } {
  return (input as { lg_name?: unknown } | null | undefined)?.lg_name === 'Command';
}

export function chatMessage(message: Listed): ChatMessage {
  if (Array.isArray(message)) return { role: plainRole(String(message[0])), content: message[1] as unknown };
  if (!isMessage(message)) return { role: 'user', content: message };
  const { content, tool_call_id } = message;
  const calls = (message.tool_calls ?? []).filter((call) => call != null);
  const role = roleOf(message);
  const isToolMessage = role === 'tool' || role === 'function';
  return {
    role,
    content: isToolMessage && typeof content !== 'string' ? jsonOf(content) : withoutCalls(content),
    ...(calls.length > 0 && { tool_calls: calls.map(openAiCall) }),
    ...(tool_call_id != null && { tool_call_id }),
  };
}

function isMessage(message: Listed): message is ChainMessage {
  return typeof message === 'object' && message !== null && !Array.isArray(message);
}

/** What LangChain puts beside the text in a provider's own shape is in `tool_calls` too. */
function withoutCalls(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.filter((part) => !/tool|function|json/i.test(String((part as { type?: unknown } | null)?.type)));
}

function openAiCall({ id, name, args }: ChainToolCall): object {
  return { id, type: 'function', function: { name, arguments: jsonOf(args) } };
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '[Threw]';
  }
}

function roleOf(message: ChainMessage): string {
  const type = typeof message.getType === 'function' ? message.getType() : (message.role ?? message.type);
  return plainRole(type === 'generic' ? message.role : type);
}

function plainRole(type: string | undefined): string {
  if (type === 'human') return 'user';
  return type === 'ai' ? 'assistant' : (type ?? 'user');
}
