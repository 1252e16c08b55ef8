import type { JsonObject, JsonValue } from '../event/analytics-event.js';
import { copyToJson } from '../event/json-value.js';
import { maskCredentials } from '../event/redaction.js';

/** What of a conversation may go out. */
export type CapturedContent =
  'prompts' | 'completions' | 'toolArguments' | 'toolResults' | 'toolDefinitions' | 'feedback';

/** What is kept of one text, in UTF-16 units: longer ones are mostly files. */
const longestText = 100_000;
/** What is kept of one property, in UTF-16 units of its JSON. */
const longestContent = 2_000_000;
const withheld = '[withheld]';

/**
 * What `captureContent` lets out. Nothing by default; what it does let out is copied, its credentials and e-mail
 * addresses are masked, texts are cut at 100,000 characters, and of a list that is longer than 2 million characters
 * only the newest items remain.
 */
export class ContentCapture {
  constructor(private readonly kinds: ReadonlySet<CapturedContent>) {}

  has(kind: CapturedContent): boolean {
    return this.kinds.has(kind);
  }

  /** The content as it may go out; `undefined` where it may not, or there is none. Never throws. */
  take(kind: CapturedContent, content: unknown): JsonValue | undefined {
    if (content === undefined || !this.kinds.has(kind)) return undefined;
    const copy = copyToJson(content);
    return copy === undefined ? undefined : cutToSize(this.clean(copy));
  }

  private clean(value: JsonValue): JsonValue {
    if (typeof value === 'string') return cleanText(value);
    if (Array.isArray(value)) return value.map((item) => this.clean(item));
    if (typeof value !== 'object' || value === null) return value;
    const hidden = this.hiddenFields(value);
    const entries = Object.entries(value).map(([key, field]) => [
      key,
      hidden.includes(key) && field !== null ? withheld : this.clean(field),
    ]);
    return Object.fromEntries(entries) as JsonObject;
  }

  /** Messages carry the arguments and results of tools too, in the shapes of the AI SDK, OpenAI, its Agents and Anthropic. */
  private hiddenFields(value: JsonObject): readonly string[] {
    const { type, role } = value;
    const isCall = type === 'tool-call' || type === 'tool_use' || type === 'tool_call' || type === 'function_call';
    const isFunction = typeof value.name === 'string' && typeof value.arguments === 'string';
    const isResult =
      type === 'tool-result' ||
      type === 'tool-error' ||
      type === 'tool_result' ||
      type === 'function_call_output' ||
      type === 'function_call_result';
    const isToolMessage = (role === 'tool' || role === 'function') && typeof value.content === 'string';
    const hidesArguments = !this.kinds.has('toolArguments') && (isCall || isFunction || isResult);
    const hidesResult = !this.kinds.has('toolResults') && (isResult || isToolMessage);
    return [...(hidesArguments ? argumentFields : []), ...(hidesResult ? resultFields : [])];
  }
}

const argumentFields = ['args', 'arguments', 'input', 'rawInput'];
const resultFields = ['output', 'result', 'content', 'error'];

function cleanText(text: string): string {
  const kept =
    text.length > longestText
      ? `${text.slice(0, longestText).toWellFormed()}[Truncated: ${text.length} characters]`
      : text;
  return maskCredentials(kept);
}

function cutToSize(content: JsonValue): JsonValue {
  let room = longestContent - sizeOf(content);
  if (room >= 0) return content;
  if (!Array.isArray(content)) return `[Truncated: ${sizeOf(content)} characters]`;
  const kept = [...content];
  while (room < 0 && kept.length > 0) room += sizeOf(kept.shift() ?? null);
  return [`[Truncated: ${content.length - kept.length} items]`, ...kept];
}

function sizeOf(content: JsonValue): number {
  return JSON.stringify(content).length;
}
