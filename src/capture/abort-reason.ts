import type { Frame } from '../context/frame.js';
import type { AbortReason } from './event-details.js';

/**
 * Why this error means that the work was stopped from outside; `undefined` where it is a failure. With a signal that
 * is aborted every error counts as its consequence.
 */
export function abortReasonOf(
  error: unknown,
  signal: AbortSignal | undefined,
  frame: Frame | undefined,
): AbortReason | undefined {
  const isAborted = signal?.aborted === true;
  if (!isAborted && !isAbort(error)) return undefined;
  if (isTimeout(error) || (isAborted && isTimeout(signal.reason))) return 'timeout';
  return hasClientLeft(frame) ? 'client_closed' : 'user_stopped';
}

/** Why an abort came, by what its signal was given as the reason. */
export function reasonOfAbort(reason: unknown, frame: Frame | undefined): AbortReason {
  if (isTimeout(reason)) return 'timeout';
  return hasClientLeft(frame) ? 'client_closed' : 'user_stopped';
}

function isAbort(error: unknown): boolean {
  return nameOf(error) === 'AbortError' || isTimeout(error);
}

/** What `AbortSignal.timeout` throws; other libraries' TimeoutErrors are errors like any other. */
function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? (error as { name?: unknown }).name : undefined;
}

/** Whether the consumer of what goes on in this frame has left before its end, as far as that is known. */
export function hasClientLeft(frame: Frame | undefined): boolean {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.transport?.hasClosed?.() === true) return true;
    // The message around knows it too, where the transport can't be asked.
    if (around.call?.hasClientLeft === true) return true;
  }
  return false;
}
