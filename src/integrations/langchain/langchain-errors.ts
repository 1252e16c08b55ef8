import { reasonOfAbort } from '../../capture/abort-reason.js';
import type { SpanEnd } from '../recorder/recorded-span.js';
import type { Place } from './langchain-places.js';

/** How a runnable ended that threw this. */
export function endOfError(thrown: unknown, { whole, span }: Place): SpanEnd {
  const error = behind(thrown);
  if (isBubble(error)) return { outcome: 'success' };
  if (isLimit(error)) return { outcome: 'step_limit', error };
  const { signal } = whole;
  // A signal that is aborted tells nothing of an error: LangGraph aborts what runs beside a node that fails.
  const isReason = signal?.aborted === true && error === signal.reason;
  if (!isReason && !isAbort(error)) return { error: error ?? null };
  const reason: unknown = signal?.aborted === true ? signal.reason : error;
  return { outcome: 'aborted', error, abortReason: reasonOfAbort(reason, span?.outer) };
}

/** The error that an agent's middleware let through, which LangChain wraps. */
function behind(error: unknown): unknown {
  const { '~brand': brand, cause } = (error ?? {}) as { '~brand'?: unknown; cause?: unknown };
  return brand === 'MiddlewareError' && cause !== undefined ? cause : error;
}

/** LangGraph goes to another graph's node by throwing too. */
function isBubble(error: unknown): boolean {
  return (error as { is_bubble_up?: unknown } | null | undefined)?.is_bubble_up === true;
}

function isLimit(error: unknown): boolean {
  const { name, lc_error_code: code } = (error ?? {}) as { name?: unknown; lc_error_code?: unknown };
  return code === 'GRAPH_RECURSION_LIMIT' || limits.includes(name as string);
}

/** By which the graph and LangChain's middlewares say that a limit of steps is reached. */
const limits = ['GraphRecursionError', 'ModelCallLimitMiddlewareError', 'ToolCallLimitExceededError'];

/** Aborted graphs and models end with an error that has this message only, whatever the signal's reason was. */
function isAbort(error: unknown): boolean {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name === 'AbortError' || name === 'ModelAbortError') return true;
  if (name === 'TimeoutError') return error instanceof DOMException;
  return name === 'Error' && /^Abort(ed|Error)?$/.test(String(message));
}
