import type { Frame } from '../context/frame.js';
import { errorType } from '../event/redaction.js';
import { isCaptureHandle } from './capture-handle.js';
import type { AbortReason } from './event-details.js';

/** Why a consumer is gone: it left by itself, or the application that is leaving has cut it off. */
type LeaveReason = 'client_closed' | 'shutdown';

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
  return isTimeout(error) ? 'timeout' : reasonOfAbort(isAborted ? signal.reason : undefined, frame);
}

/** Why an abort came, by what its signal was given as the reason. */
export function reasonOfAbort(reason: unknown, frame: Frame | undefined): AbortReason {
  if (isTimeout(reason)) return 'timeout';
  return leaveAround(frame) ?? (isLeaving(frame) ? 'shutdown' : 'user_stopped');
}

/** Why the consumer of a result in this frame stopped before its end. */
export function reasonOfLeave(frame: Frame | undefined): LeaveReason {
  return leaveAround(frame) ?? (isLeaving(frame) && !canTellWhoLeft(frame) ? 'shutdown' : 'client_closed');
}

/** Whether the consumer of what goes on in this frame has left before its end, as far as that is known. */
export function hasClientLeft(frame: Frame | undefined): boolean {
  return leaveAround(frame) !== undefined;
}

function leaveAround(frame: Frame | undefined): LeaveReason | undefined {
  for (let around = frame; around !== undefined; around = around.parent) {
    // The message around knows it, also where the transport can't be asked any more, and whether it was before.
    if (around.call?.leftBy !== undefined) return around.call.leftBy;
    if (around.transport?.hasClosed?.() === true) return isLeaving(frame) ? 'shutdown' : 'client_closed';
  }
  return undefined;
}

function canTellWhoLeft(frame: Frame | undefined): boolean {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.transport?.hasClosed !== undefined) return true;
  }
  return false;
}

/** Whether the application of this frame has begun to leave: what is stopped from then on, it stops itself. */
function isLeaving(frame: Frame | undefined): boolean {
  const handle = frame?.handle;
  return isCaptureHandle(handle) && handle.target?.openCalls.isLeaving === true;
}

function isAbort(error: unknown): boolean {
  return nameOf(error) === 'AbortError' || isTimeout(error) || isUserAbort(error);
}

/** What the clients of OpenAI and Anthropic throw: its `name` is `Error`, and minifiers rename its class. */
function isUserAbort(error: unknown): boolean {
  return errorType(error) === 'APIUserAbortError' || (error instanceof Error && error.message === userAbort);
}

const userAbort = 'Request was aborted.';

/** What `AbortSignal.timeout` throws; other libraries' TimeoutErrors are errors like any other. */
function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

function nameOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? (error as { name?: unknown }).name : undefined;
}
