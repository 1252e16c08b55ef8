import type { CallEnd } from './call-end.js';
import type { TrackedCall } from './tracked-call.js';

/** The node of a decorated message, run or tool in its trace; nothing where the call lies in no trace. */
export function recordSpan(call: TrackedCall, end: CallEnd, durationMs: number | null): void {
  const { traceId, spanId, parentSpanId, method, person, target } = call;
  if (traceId === undefined || spanId === undefined) return;
  const place = {
    time: call.time,
    context: call.values,
    traceId,
    spanId,
    parentSpanId,
    userId: person?.userId,
    sessionId: person?.sessionId,
    source: method.where,
  };
  target.ai.span(place, {
    type: spanId === traceId ? 'trace' : typeOf(call),
    name: method.toolName ?? method.where,
    toolCallId: call.claimed?.callId,
    durationMs,
    outcome: end.outcome,
    abortReason: end.abortReason,
    error: end.threw ? end.error : undefined,
  });
}

function typeOf(call: TrackedCall): 'message' | 'agent' | 'tool' {
  if (call.tracksTool) return 'tool';
  return call.tracksRun ? 'agent' : 'message';
}
