import 'reflect-metadata';
import type { UserMessage } from '../event/message-length.js';
import { readUserMessage } from '../event/message-length.js';

/** Nest's own metadata key of the parameter decorators of a handler, on (class, method). */
const ROUTE_ARGUMENTS = '__routeArguments__';
/** The kind under which `@Body()`, `@MessageBody()` and `@Payload()` are kept. */
const BODY = '3';

/** The positions of the parameters that a handler's decorators say are the body; none where they don't say. */
export function bodyPositions(owner: object, key: string | symbol): readonly number[] {
  const handlerClass = typeof owner === 'function' ? owner : owner.constructor;
  const declared = Reflect.getMetadata(ROUTE_ARGUMENTS, handlerClass, key) as Record<string, unknown> | undefined;
  return Object.keys(declared ?? {}).flatMap((entry) => {
    const [kind, position] = entry.split(':');
    return kind === BODY ? [Number(position)] : [];
  });
}

/**
 * The user's message among the arguments of a call: in the body, where it is marked as such, else in the first object
 * that holds one, else in the only text.
 */
export function messageAmong(args: readonly unknown[], body: readonly number[]): UserMessage {
  const candidates = body.length > 0 ? body.map((position) => args[position]) : unmarked(args);
  let message: UserMessage | undefined;
  for (const candidate of candidates) {
    const read = readUserMessage(Array.isArray(candidate) ? { messages: candidate as unknown[] } : candidate);
    if (!read.isMessage || read.length !== null) return read;
    message ??= read;
  }
  return message ?? readUserMessage(undefined);
}

function unmarked(args: readonly unknown[]): readonly unknown[] {
  const texts = args.filter((arg) => typeof arg === 'string');
  const objects = args.filter((arg) => typeof arg === 'object' && arg !== null).map(bodyOf);
  return texts.length === 1 ? [...objects, ...texts] : objects;
}

/** The body of a request, where a handler takes the request itself. */
function bodyOf(arg: unknown): unknown {
  const { body, headers } = arg as { body?: unknown; headers?: unknown };
  return body !== undefined && headers !== undefined ? body : arg;
}
