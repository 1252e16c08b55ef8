import type { AnalyticsContextValues } from '../context/context-values.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { JsonObject } from '../event/analytics-event.js';

/** Where and for whom something of a trace happened: what its record needs besides its properties. */
export interface TracePlace extends Pick<
  EventRecord,
  'time' | 'traceId' | 'spanId' | 'parentSpanId' | 'userId' | 'sessionId' | 'groups' | 'dedupKey' | 'source'
> {
  readonly context: AnalyticsContextValues;
}

/** The record of a moment at a place. Written out, because a spread with further keys takes V8 a microsecond. */
export function recordAt(
  place: TracePlace,
  event: string,
  properties: JsonObject,
  measured?: JsonObject,
  time: number = place.time,
): EventRecord {
  return {
    event,
    time,
    properties,
    measured,
    context: place.context,
    userId: place.userId,
    sessionId: place.sessionId,
    groups: place.groups,
    traceId: place.traceId,
    spanId: place.spanId,
    parentSpanId: place.parentSpanId,
    dedupKey: place.dedupKey,
    source: place.source,
  };
}
