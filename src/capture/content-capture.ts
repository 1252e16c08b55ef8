import type { JsonObject, JsonValue } from '../event/analytics-event.js';
import type { Fields, View } from '../event/json-copy.js';
import { copyNewest, copyToJson } from '../event/json-value.js';
import { maskCredentials, namesCredential } from '../event/redaction.js';

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
 * addresses are masked, texts are cut at 100,000 characters, and of a list that is longer than 2 million characters, or
 * than 10,000 values, only the newest items remain.
 */
export class ContentCapture {
  constructor(private readonly kinds: ReadonlySet<CapturedContent>) {}

  has(kind: CapturedContent): boolean {
    return this.kinds.has(kind);
  }

  /** The content as it may go out; `undefined` where it may not, or there is none. Never throws. */
  take(kind: CapturedContent, content: unknown): JsonValue | undefined {
    if (content === undefined || !this.kinds.has(kind)) return undefined;
    const isConversation = kind === 'prompts' || kind === 'completions';
    const view: View = (fields) => this.withoutHidden(fields, isConversation);
    try {
      const isList = Array.isArray(content);
      // Hidden before it is copied too: what stays inside must not take the room of what goes out.
      const copy = isList ? copyNewest(content, view) : copyToJson(content, view);
      return copy === undefined ? undefined : cutToSize(clean(copy, view), isList ? content.length : undefined);
    } catch {
      return '[Threw]';
    }
  }

  /**
   * Conversations carry the arguments and results of tools too, in the shapes of the AI SDK, OpenAI (chat and responses),
   * its Agents, Anthropic, Gemini, Bedrock and LangChain. They are known by a tool's type, by the id of its call, and by
   * arguments that stand beside a name. Some carry the definitions of tools as well.
   */
  private withoutHidden(fields: Fields, isConversation: boolean): Fields {
    const hidesArguments = !this.kinds.has('toolArguments');
    const hidesResults = !this.kinds.has('toolResults');
    const hidesDefinitions = isConversation && !this.kinds.has('toolDefinitions');
    if (!hidesArguments && !hidesResults && !hidesDefinitions) return fields;
    const isTool = hasToolType(fields) || (isConversation && isOfTool(fields));
    const isNamed = isConversation && hasName(fields);
    const hidden: Record<string, unknown> = {};
    if (hidesArguments && isTool) hide(hidden, fields, argumentFields);
    if (hidesArguments && isNamed) hide(hidden, fields, namedArgumentFields);
    if (hidesResults && isTool) hide(hidden, fields, resultFields);
    if (hidesResults && isNamed) hide(hidden, fields, ['response']);
    if (hidesResults && isToolMessage(fields)) hideMessage(hidden, fields);
    // `mcp_list_tools`, `tool_search_output`, …
    if (hidesDefinitions && typeof fields['type'] === 'string') hide(hidden, fields, ['tools']);
    return Object.keys(hidden).length === 0 ? fields : { ...fields, ...hidden };
  }
}

// `tool-call`, `server_tool_use`, `mcp_call`, `function_call_output`, `web_search_tool_result`, `tool_call_response`, …
const toolType = /call|use$|(?:result|output|response)$|^tool[-_]error$/i;
const callIds = ['toolCallId', 'tool_call_id', 'toolUseId', 'tool_use_id', 'callId', 'call_id'];
const namedArgumentFields = ['args', 'arguments', 'input', 'rawInput'];
const argumentFields = [...namedArgumentFields, 'code', 'action', 'actions', 'operation', 'queries'];
const resultFields = ['output', 'outputs', 'result', 'results', 'response', 'content', 'error', 'errorText'];

function hasToolType({ type }: Fields): boolean {
  return typeof type === 'string' && toolType.test(type);
}

/** Gemini's parts have no type: code that it runs stands beside its language, and what came of it beside its outcome. */
function isOfTool(fields: Fields): boolean {
  const { language, code, outcome, output } = fields;
  if (callIds.some((id) => typeof fields[id] === 'string')) return true;
  return (language !== undefined && code !== undefined) || (outcome !== undefined && output !== undefined);
}

function hasName({ name, toolName }: Fields): boolean {
  return typeof name === 'string' || typeof toolName === 'string';
}

function isToolMessage({ role, type }: Fields): boolean {
  const speaker = role ?? type;
  return speaker === 'tool' || speaker === 'function';
}

/** What a tool's message holds is a result, except for parts that say themselves what is one in them. */
function hideMessage(hidden: Record<string, unknown>, fields: Fields): void {
  for (const name of ['content', 'parts']) {
    const content = fields[name];
    if (Array.isArray(content)) hidden[name] = content.map((part: unknown) => (saysItself(part) ? part : withheldPart));
    else hide(hidden, fields, [name]);
  }
}

const withheldPart = { type: 'text', text: withheld };

function saysItself(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { type, functionResponse, function_response } = part as Fields;
  if (typeof type === 'string') return toolType.test(type) || type.startsWith('tool-approval');
  return functionResponse !== undefined || function_response !== undefined;
}

function hide(hidden: Record<string, unknown>, fields: Fields, names: readonly string[]): void {
  for (const name of names) if (fields[name] !== undefined && fields[name] !== null) hidden[name] = withheld;
}

/** Hides once more, since some objects turn out to be such ones only when copied, and masks what remains. */
function clean(value: JsonValue, view: View, isCredential = false): JsonValue {
  if (typeof value === 'string')
    return isCredential && !/^(?:\[withheld\])?$/.test(value) ? '[token]' : cleanText(value);
  if (Array.isArray(value)) return value.map((item) => clean(item, view, isCredential));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(view(value) as JsonObject);
  return Object.fromEntries<JsonValue>(
    entries.map(([key, field]) => [maskCredentials(key), clean(field, view, namesCredential(key))]),
  );
}

function cleanText(text: string): string {
  const kept =
    text.length > longestText
      ? `${text.slice(0, longestText).toWellFormed()}[Truncated: ${text.length} characters]`
      : text;
  return maskCredentials(kept);
}

/** Of a list the newest items, with a note of how many of all `items` are gone. */
function cutToSize(content: JsonValue, items?: number): JsonValue {
  let room = longestContent - sizeOf(content);
  if (!Array.isArray(content)) return room >= 0 ? content : `[Truncated: ${sizeOf(content)} characters]`;
  const kept = [...content];
  while (room < 0 && kept.length > 0) room += sizeOf(kept.shift() ?? null);
  const gone = (items ?? content.length) - kept.length;
  return gone === 0 ? kept : [`[Truncated: ${gone} items]`, ...kept];
}

function sizeOf(content: JsonValue): number {
  return JSON.stringify(content).length;
}
