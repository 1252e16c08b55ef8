import { errorType } from '../event/redaction.js';

const DEEPEST_CAUSE = 5;

/**
 * A stand-in for an error that tells its type and where it was thrown, not what it says: the message is withheld in
 * it, in its stack and in its chain of causes. Never throws.
 */
export function redactedError(error: unknown, depth = 0): Error {
  const type = errorType(error);
  const redacted = new Error('');
  try {
    const { stack, cause } = (typeof error === 'object' && error !== null ? error : {}) as Partial<Error>;
    redacted.stack = [type, ...callSites(stack)].join('\n');
    if (cause !== undefined && depth < DEEPEST_CAUSE) redacted.cause = redactedError(cause, depth + 1);
  } catch {
    redacted.stack = type;
  }
  Object.defineProperty(redacted, 'name', { value: type, configurable: true });
  return redacted;
}

/** The lines of a stack that name a place in the code: a message may hold lines of any kind, these it can't look like. */
function callSites(stack: unknown): string[] {
  if (typeof stack !== 'string') return [];
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => callSite.test(line));
  return first === -1 ? [] : lines.slice(first).filter((line) => callSite.test(line));
}

const callSite = /^\s+at (?:.*[(\s])?(?:[^()]*:\d+:\d+|native|<anonymous>)\)?$/;
