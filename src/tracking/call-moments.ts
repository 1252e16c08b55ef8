import type { Outcome } from '../capture/event-details.js';
import { countToolCall } from '../context/call-totals.js';
import type { JsonObject } from '../event/analytics-event.js';
import { putProperty } from '../event/json-copy.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import { errorType, redactedMessage } from '../event/redaction.js';
import type { CallEnd } from './call-end.js';
import { unlessBlank } from './call-person.js';
import { recordSpan } from './call-span.js';
import { ask } from './option-callbacks.js';
import type { TrackedCall } from './tracked-call.js';
import type { Tracking } from './tracking.js';

/** What a decorator records of one moment of a call. */
export interface Moment {
  /** The name on the wire. */
  readonly event: string;
  /** Wall clock, milliseconds since 1970. */
  readonly time: number;
  /** What the decorator found out by itself. */
  readonly filled: JsonObject;
  readonly measured?: JsonObject;
  readonly newId?: 'tool_call_id' | undefined;
  readonly bytes?: number | undefined;
}

/** Lets each decorator record what is due before the body runs. Never throws. */
export function recordStart(call: TrackedCall): void {
  for (const tracking of call.trackings) {
    try {
      if (tracking.started !== undefined && isWanted(call, tracking)) tracking.started(call);
    } catch (error) {
      tellUnrecorded(call, error);
    }
  }
}

/** Lets each decorator record what is due at the end, as it sees that end. Never throws. */
export function recordEnd(call: TrackedCall, end: CallEnd): void {
  let shown: CallEnd | undefined;
  for (const tracking of call.trackings) {
    try {
      const own = ownEnd(call, tracking, end);
      if (tracking.started === undefined ? !isWanted(call, tracking, own) : isRefused(call, tracking)) continue;
      if (tracking.kind === 'tool') countToolCall(call.outer, own.outcome === 'error');
      tracking.ended?.(call, own);
      if (tracking.kind !== 'other' && tracking.kind !== 'generation') shown = own;
    } catch (error) {
      tellUnrecorded(call, error);
    }
  }
  if (shown !== undefined && call.target.ai.traces) recordSpan(call, shown, millisecondsUntil(call, call.endedAt));
}

function tellUnrecorded({ method, target }: TrackedCall, error: unknown): void {
  target.reporter.debug(`${method.where}: its event could not be recorded (${errorType(error)}).`);
}

/** Records a moment, with what the decorator's callbacks add. `end` is `undefined` before the body has run. */
export function recordMoment(call: TrackedCall, { options }: Tracking, moment: Moment, end?: CallEnd): void {
  const isGood = end === undefined || end.outcome === 'success' || end.outcome === 'queued';
  const added = ask(options, isGood ? 'properties' : 'errorProperties', call, end);
  if (added !== undefined) putAll(moment.filled, copyProperties(added));
  const { values, person, method } = call;
  const dedupKey = ask(options, 'dedupKey', call, end);
  call.target.record({
    event: moment.event,
    time: moment.time,
    properties: moment.filled,
    measured: moment.measured,
    context: values,
    userId: person?.userId !== undefined ? person.userId : askId(options, 'userId', call, end),
    sessionId: person?.sessionId !== undefined ? person.sessionId : askId(options, 'sessionId', call, end),
    traceId: call.traceId,
    spanId: call.spanId,
    parentSpanId: call.traceId === undefined ? undefined : call.parentSpanId,
    dedupKey: typeof dedupKey === 'string' || typeof dedupKey === 'number' ? String(dedupKey) : undefined,
    newId: moment.newId,
    bytes: moment.bytes,
    source: method.where,
  });
}

function askId(
  options: Tracking['options'],
  name: 'userId' | 'sessionId',
  call: TrackedCall,
  end: CallEnd | undefined,
): string | undefined {
  return unlessBlank(ask(options, name, call, end)) as string | undefined;
}

/** What is measured of every call that has been seen to end. */
export function measuredOf(call: TrackedCall, end: CallEnd): JsonObject {
  if (end.outcome === undefined) return {};
  const measured: JsonObject = { outcome: end.outcome, duration_ms: millisecondsUntil(call, call.endedAt) };
  if (end.outcome === 'error') {
    measured.error_type = end.threw ? errorType(end.error) : null;
    if (end.threw && call.target.captureErrorMessages) measured.error_message = redactedMessage(end.error);
  } else if (end.outcome === 'aborted') {
    measured.abort_reason = end.abortReason ?? null;
  }
  if (end.httpStatus !== undefined) measured.http_status = end.httpStatus;
  return measured;
}

/** How many tools a message or run has called, and how many of these failed. */
export function putToolTotals(measured: JsonObject, { frame }: TrackedCall): void {
  measured.tool_calls = frame.totals?.toolCalls ?? 0;
  measured.tool_errors = frame.totals?.toolErrors ?? 0;
}

/** Milliseconds from the call's begin, to the microsecond. */
export function millisecondsUntil(call: TrackedCall, at: number | undefined): number | null {
  return at === undefined ? null : Math.round((at - call.startedAt) * 1000) / 1000;
}

function putAll(properties: JsonObject, more: JsonObject): void {
  for (const key of Object.keys(more)) putProperty(properties, key, more[key] ?? null);
}

/** Asks `when` once for each call; a no is counted at each moment. */
function isWanted(call: TrackedCall, tracking: Tracking, end?: CallEnd): boolean {
  if (tracking.options.when === undefined || ask(tracking.options, 'when', call, end) !== false) return true;
  (call.unwanted ??= []).push(tracking);
  call.target.refuse('when', { source: call.method.where });
  return false;
}

function isRefused(call: TrackedCall, tracking: Tracking): boolean {
  if (call.unwanted?.includes(tracking) !== true) return false;
  if (tracking.ended !== undefined) call.target.refuse('when', { source: call.method.where });
  return true;
}

/** The end as a decorator's `outcome` callback sees it. */
function ownEnd(call: TrackedCall, { options }: Tracking, end: CallEnd): CallEnd {
  if (!end.returned || options.outcome === undefined) return end;
  const outcome = ask(options, 'outcome', call, end);
  if (isOutcome(outcome)) {
    const { result, httpStatus } = end;
    const abortReason = outcome === 'aborted' ? 'user_stopped' : undefined;
    return { outcome, returned: true, result, threw: false, abortReason, httpStatus };
  }
  const { where } = call.method;
  if (outcome !== undefined) call.target.reporter.warnOnce(messages.badOutcome(where), where);
  return end;
}

const outcomes: readonly Outcome[] = [
  'success',
  'error',
  'aborted',
  'interrupted',
  'step_limit',
  'abandoned',
  'queued',
];

function isOutcome(value: unknown): value is Outcome {
  return outcomes.includes(value as Outcome);
}
