/** Length of a text in Unicode code points, as Python's `len` counts. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    if (isLead(text.charCodeAt(index)) && isTrail(text.charCodeAt(index + 1))) {
      length--;
      index++;
    }
  }
  return length;
}

export interface UserMessage {
  /** Whether the body carries a message of the user at all. */
  readonly isMessage: boolean;
  /** Code points of its text; `null` where the text can't be found. */
  readonly length: number | null;
  /** The user asked for another answer to a message sent before. */
  readonly isRegeneration: boolean;
}

const textFields = ['message', 'content', 'text', 'prompt', 'input', 'query'] as const;
const usersNames = new Set<unknown>(['user', 'human']);
const unknownMessage: UserMessage = { isMessage: true, length: null, isRegeneration: false };
const noMessage: UserMessage = { isMessage: false, length: null, isRegeneration: false };

/**
 * What a request's body says of the user's message.
 *
 * A `messages` array counts only if its last message is the user's, by `role` (AI SDK, OpenAI), `type` (LangChain) or
 * `sender`: a resubmit after a tool approval or a client tool is none. Else the first string among `message`, `content`, `text`, `prompt`, `input`,
 * `query`, or the body itself. Any other body is a message of unknown length. Never throws.
 */
export function readUserMessage(body: unknown): UserMessage {
  try {
    if (typeof body === 'string') return { ...unknownMessage, length: codePointLength(body) };
    return isRecord(body) ? readBody(body) : unknownMessage;
  } catch {
    return unknownMessage;
  }
}

function readBody(body: Readonly<Record<string, unknown>>): UserMessage {
  const isRegeneration = body.trigger === 'regenerate-message';
  const message = Array.isArray(body.messages) ? (body.messages.at(-1) as unknown) : undefined;
  if (Array.isArray(body.messages)) return readChatMessage(message, isRegeneration);
  // AI SDK clients that send the last message only.
  if (isRecord(body.message)) return readChatMessage(body.message, isRegeneration);

  for (const field of textFields) {
    const text = body[field];
    if (typeof text === 'string') return { isMessage: true, length: codePointLength(text), isRegeneration };
  }
  return { isMessage: true, length: partsLength(body.parts ?? body.content), isRegeneration };
}

function readChatMessage(message: unknown, isRegeneration: boolean): UserMessage {
  if (typeof message === 'string') return { isMessage: true, length: codePointLength(message), isRegeneration };
  if (!isRecord(message) || !isOfUser(message)) return noMessage;
  const content = message.parts ?? message.content ?? message.text;
  if (typeof content === 'string') return { isMessage: true, length: codePointLength(content), isRegeneration };
  // Anthropic's shape sends the results of tools in the user's name.
  if (Array.isArray(content) && content.length > 0 && content.every(isToolResult)) return noMessage;
  return { isMessage: true, length: partsLength(content), isRegeneration };
}

/** What names no role is the user's, unless its type says that it is something else: a call, a result, a thought. */
function isOfUser({ role, type, sender }: Readonly<Record<string, unknown>>): boolean {
  const who = role ?? sender ?? type;
  return who === undefined || usersNames.has(who) || (who === type && (type === 'text' || type === 'message'));
}

/** Parts without any text (a file alone) are a message of length 0. */
function partsLength(parts: unknown): number | null {
  if (!Array.isArray(parts)) return null;
  let length = 0;
  for (const part of parts as unknown[]) {
    if (typeof part === 'string') length += codePointLength(part);
    else if (isRecord(part) && typeof part.text === 'string' && isTextType(part.type))
      length += codePointLength(part.text);
  }
  return length;
}

function isTextType(type: unknown): boolean {
  return type === undefined || type === 'text' || type === 'input_text';
}

function isToolResult(part: unknown): boolean {
  return isRecord(part) && (part.type === 'tool_result' || part.type === 'tool-result');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isTrail(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
