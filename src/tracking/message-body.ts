import 'reflect-metadata';
import type { UserMessage } from '../event/message-length.js';
import { readUserMessage } from '../event/message-length.js';

/** Nest's own metadata key of the parameter decorators of a handler, on (class, method). */
const ROUTE_ARGUMENTS = '__routeArguments__';
/** The kind under which `@Body()`, `@MessageBody()` and `@Payload()` are kept. */
const BODY = '3';

/** A parameter that a handler's decorators say is the body, or a part of it. */
export interface BodyParameter {
  readonly position: number;
  /** Of which part: `@Body('text')`. */
  readonly name: string | undefined;
}

/** Those of a handler, in order; none where its decorators don't say. */
export function bodyParameters(owner: object, key: string | symbol): readonly BodyParameter[] {
  const handlerClass = typeof owner === 'function' ? owner : owner.constructor;
  const declared = Reflect.getMetadata(ROUTE_ARGUMENTS, handlerClass, key) as RouteArguments | undefined;
  const parameters = Object.entries(declared ?? {}).flatMap(([entry, argument]) => {
    const [kind, position] = entry.split(':');
    const name = typeof argument?.data === 'string' ? argument.data : undefined;
    return kind === BODY ? [{ position: Number(position), name }] : [];
  });
  return parameters.sort((a, b) => a.position - b.position);
}

type RouteArguments = Readonly<Record<string, { readonly data?: unknown } | undefined>>;

/**
 * The user's message among the arguments of a call: in the body, where it is marked as such, else in the first object
 * that holds one. A plain text counts only if it is the sole argument that could be the message.
 */
export function messageAmong(args: readonly unknown[], body: readonly BodyParameter[]): UserMessage {
  const candidates = body.length > 0 ? marked(args, body) : unmarked(args);
  let message: UserMessage | undefined;
  for (const candidate of candidates) {
    const read = readCandidate(candidate);
    if (!read.isMessage || read.length !== null) return read;
    message ??= read;
  }
  return message ?? readUserMessage(undefined);
}

/** One that refuses to be read may be a message, of which nothing is known. */
function readCandidate(candidate: unknown): UserMessage {
  try {
    return readUserMessage(Array.isArray(candidate) ? { messages: candidate as unknown[] } : candidate);
  } catch {
    return readUserMessage(undefined);
  }
}

/** The body, and parts of it that have the name of a message; else the objects under other names, a GraphQL input's. */
function marked(args: readonly unknown[], body: readonly BodyParameter[]): readonly unknown[] {
  const messages = body.filter(({ name }) => name === undefined || name === 'messages' || isTextField(name));
  if (messages.length > 0) return messages.map(({ position }) => args[position]);
  return body.map(({ position }) => args[position]).filter((arg) => isObject(arg) && !Array.isArray(arg));
}

function isTextField(name: string): boolean {
  return readUserMessage({ [name]: '' }).length !== null;
}

function unmarked(args: readonly unknown[]): readonly unknown[] {
  const objects = args.filter(isObject).map(bodyOf);
  const texts = args.filter((arg) => typeof arg === 'string');
  return objects.length === 0 && texts.length === 1 ? texts : objects;
}

function isObject(arg: unknown): arg is object {
  return typeof arg === 'object' && arg !== null;
}

/** The body of a request, where a handler takes the request itself. */
function bodyOf(arg: object): unknown {
  try {
    const { body, headers } = arg as { body?: unknown; headers?: unknown };
    return body !== undefined && headers !== undefined ? body : arg;
  } catch {
    return arg;
  }
}
