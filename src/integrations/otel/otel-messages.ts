import { readUserMessage, type UserMessage } from '../../event/message-length.js';
import { parsedJson } from '../recorder/parsed-json.js';
import { textIn, type Attributes } from './otel-span.js';

/** One message of a conversation, in the shape that the rest of the library knows. */
export interface OtelMessage {
  readonly role: string;
  readonly content: unknown;
}

interface Part {
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

/** Whole conversations stand in one attribute. */
const longestRead = 2_000_000;

/** What a model or an agent was told, its instructions before the rest; `undefined` where the span does not hold it. */
export function inputIn(attributes: Attributes): OtelMessage[] | undefined {
  const given =
    messagesIn(
      attributes['gen_ai.input.messages'] ?? attributes['ai.prompt.messages'] ?? attributes['gen_ai.prompt'],
    ) ??
    messagesIn(attributes['ai.prompt']) ??
    indexedIn(attributes, 'gen_ai.prompt', 'user');
  const instructions = read(attributes['gen_ai.system_instructions']);
  if (instructions === undefined || instructions === null) return given;
  return [{ role: 'system', content: contentOf(instructions) }, ...(given ?? [])];
}

/** What a model or an agent has answered. */
export function outputIn(attributes: Attributes): OtelMessage[] | undefined {
  const given =
    messagesIn(attributes['gen_ai.output.messages'] ?? attributes['gen_ai.completion'], 'assistant') ??
    indexedIn(attributes, 'gen_ai.completion', 'assistant');
  if (given !== undefined) return given;
  const text = textIn(attributes, 'ai.response.text', 'ai.response.object');
  const calls = read(attributes['ai.response.toolCalls']);
  if (text === undefined && !Array.isArray(calls)) return undefined;
  const asked = Array.isArray(calls) ? calls.map((call: object | null) => ({ type: 'tool-call', ...call })) : [];
  return [{ role: 'assistant', content: [...(text === undefined ? [] : [{ type: 'text', text }]), ...asked] }];
}

/** The user's message among these; one of unknown length where all but the instructions are hidden. */
export function messageIn(messages: readonly OtelMessage[] | undefined): UserMessage {
  return messages === undefined || messages.every(({ role }) => role === 'system')
    ? { isMessage: true, length: null, isRegeneration: false }
    : readUserMessage({ messages });
}

/** The calls of tools in these messages, and of them those that have been answered there. */
export function callsIn(messages: readonly OtelMessage[] | undefined): {
  asked: { id: string; name: string }[];
  answered: Set<string>;
} {
  const asked: { id: string; name: string }[] = [];
  const answered = new Set<string>();
  for (const { content } of messages ?? []) {
    if (!Array.isArray(content)) continue;
    for (const part of content as (Part | null)[]) {
      const { type, toolCallId, toolName } = part ?? {};
      const id = typeof toolCallId === 'string' ? toolCallId : undefined;
      if (type === 'tool-call' && typeof toolName === 'string') asked.push({ id: id ?? '', name: toolName });
      if (type === 'tool-result' && id !== undefined) answered.add(id);
    }
  }
  return { asked, answered };
}

/**
 * A value that went into an attribute as JSON; a text is left as it is. `undefined` for what begins as JSON and can't be
 * read: OpenTelemetry cuts long attributes, and in what is left the user's words can't be told from a tool's.
 */
export function read(value: unknown): unknown {
  const given = parsedJson(value, longestRead);
  return typeof given === 'string' && given === value && /^\s*[[{]/.test(given) ? undefined : given;
}

function messagesIn(value: unknown, role = 'user'): OtelMessage[] | undefined {
  const given = read(value);
  if (typeof given === 'string') return given === '' ? undefined : [{ role, content: given }];
  if (typeof given !== 'object' || given === null) return undefined;
  if (Array.isArray(given)) return given.map((message: unknown) => messageOf(message, role));
  // The AI SDK's former way: what its function was called with.
  const { system, messages, prompt } = given as { system?: unknown; messages?: unknown; prompt?: unknown };
  const rest = messagesIn(messages ?? prompt, role);
  return typeof system === 'string' ? [{ role: 'system', content: system }, ...(rest ?? [])] : rest;
}

function messageOf(message: unknown, role: string): OtelMessage {
  const { role: own, parts, content } = (message ?? {}) as { role?: unknown; parts?: unknown; content?: unknown };
  return { role: typeof own === 'string' ? own : role, content: contentOf(parts ?? content) };
}

function contentOf(parts: unknown): unknown {
  if (!Array.isArray(parts)) return parts;
  return parts.map((part: unknown) => (typeof part === 'object' && part !== null ? partOf(part as Part) : part));
}

/** Parts by the conventions as the AI SDK's: by these names content is told from arguments and results. */
function partOf(part: Part): Part {
  const { type } = part;
  if (typeof type !== 'string') return part;
  if (type === 'text' || type === 'reasoning') return { type, text: part['content'] ?? part['text'] };
  if (/response|result/.test(type) && !/approval/.test(type)) {
    const output = part['response'] ?? part['result'] ?? part['output'] ?? part['content'];
    return { type: 'tool-result', toolCallId: part['id'] ?? part['toolCallId'], output };
  }
  if (/call/.test(type)) {
    const input = part['arguments'] ?? part['input'] ?? part['args'];
    return {
      type: 'tool-call',
      toolCallId: part['id'] ?? part['toolCallId'],
      toolName: part['name'] ?? part['toolName'],
      input,
    };
  }
  return part;
}

/** OpenLLMetry's way: an attribute for each field of each message. */
function indexedIn(attributes: Attributes, prefix: string, role: string): OtelMessage[] | undefined {
  const found: OtelMessage[] = [];
  for (let i = 0; ; i++) {
    const at = `${prefix}.${i}`;
    const text = attributes[`${at}.content`];
    const own = attributes[`${at}.role`];
    const calls: Part[] = [];
    for (let j = 0; attributes[`${at}.tool_calls.${j}.name`] !== undefined; j++) {
      const call = `${at}.tool_calls.${j}`;
      const [id, name, input] = ['id', 'name', 'arguments'].map((field) => attributes[`${call}.${field}`]);
      calls.push({ type: 'tool-call', toolCallId: id, toolName: name, input: read(input) });
    }
    if (text === undefined && own === undefined && calls.length === 0) return i === 0 ? undefined : found;
    const content = calls.length === 0 ? text : [...(text === undefined ? [] : [{ type: 'text', text }]), ...calls];
    found.push({ role: typeof own === 'string' ? own : role, content });
  }
}
