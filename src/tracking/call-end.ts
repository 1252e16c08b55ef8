import { abortReasonOf, reasonOfAbort } from '../capture/abort-reason.js';
import type { AbortReason, Outcome } from '../capture/event-details.js';
import { saysError } from '../capture/says-error.js';
import type { Frame } from '../context/frame.js';

/** How a call came to its end. */
export interface CallEnd {
  /** `undefined` where it can't be seen: a lazy thenable. */
  readonly outcome: Outcome | undefined;
  /** Whether the method returned, by itself and to the end: only then is `result` what it came to. */
  readonly returned: boolean;
  readonly result?: unknown;
  readonly threw: boolean;
  readonly error?: unknown;
  readonly abortReason?: AbortReason | undefined;
  readonly httpStatus?: number | undefined;
}

/** Over by itself. An MCP result that says `isError` is an error. */
export function returnedEnd(result: unknown): CallEnd {
  return { outcome: saysError(result) ? 'error' : 'success', returned: true, result, threw: false };
}

/**
 * A stream has come to its end: by itself, unless its own signal or one among the arguments is aborted. The clients of
 * OpenAI and Anthropic end theirs without a throw then.
 */
export function exhaustedEnd(result: unknown, source: object, args: readonly unknown[], frame: Frame): CallEnd {
  try {
    const { controller } = source as { controller?: unknown };
    const signal = abortedSignal([controller]) ?? abortedSignal(args);
    if (signal !== undefined) return abortedEnd(reasonOfAbort(signal.reason, frame));
  } catch {
    // One that refuses to be read was stopped by nobody, as far as can be seen.
  }
  return returnedEnd(result);
}

/** Over by a throw: an error, unless it was aborted. */
export function thrownEnd(error: unknown, args: readonly unknown[], frame: Frame): CallEnd {
  try {
    const abortReason = abortReasonOf(error, abortedSignal(args), frame);
    if (abortReason !== undefined) return { outcome: 'aborted', returned: false, threw: true, error, abortReason };
    return { outcome: 'error', returned: false, threw: true, error, httpStatus: answerStatus(error) };
  } catch {
    return { outcome: 'error', returned: false, threw: true, error };
  }
}

/** Stopped from outside. */
export function abortedEnd(abortReason: AbortReason): CallEnd {
  return { outcome: 'aborted', returned: false, threw: false, abortReason };
}

export const abandonedEnd: CallEnd = { outcome: 'abandoned', returned: false, threw: false };
export const unseenEnd: CallEnd = { outcome: undefined, returned: false, threw: false };

/** An aborted signal among the arguments, where AI SDK (`abortSignal`), fetch and MCP (`signal`) put it. */
function abortedSignal(args: readonly unknown[]): AbortSignal | undefined {
  for (const arg of args) {
    if (typeof arg !== 'object' || arg === null) continue;
    const { signal, abortSignal } = arg as { signal?: unknown; abortSignal?: unknown };
    const found = [arg, signal, abortSignal].find(isAbortedSignal);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isAbortedSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null | undefined;
  return signal?.aborted === true && typeof signal.addEventListener === 'function';
}

/** The status of an HttpException below 500, which is an answer rather than a failure. Told by its shape. */
function answerStatus(error: unknown): number | undefined {
  const { getStatus } = (error ?? {}) as { getStatus?: unknown };
  if (typeof getStatus !== 'function') return undefined;
  const status: unknown = Reflect.apply(getStatus, error, []);
  return typeof status === 'number' && status < 500 ? status : undefined;
}
