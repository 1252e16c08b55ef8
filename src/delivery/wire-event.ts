import type { AnalyticsEvent, JsonObject } from '../event/analytics-event.js';
import { readUserId } from '../event/distinct-id.js';
import type { EventRecord } from './event-record.js';

/** The event that these bytes are; the other way round from serialising it. */
export function decodeEvent(json: string): AnalyticsEvent {
  const wire = JSON.parse(json) as {
    uuid: string;
    event: string;
    distinct_id: string;
    timestamp: string;
    properties: JsonObject | null;
  };
  const { uuid, event, timestamp } = wire;
  const properties = wire.properties ?? {};
  const groups = (properties.$groups ?? {}) as Record<string, string>;
  return { uuid, event, distinctId: wire.distinct_id, timestamp, properties, groups };
}

/**
 * A record that became no event, in the form of one, for `onDrop`: name, time and the caller's own properties.
 * `uuid` and `distinctId` are empty where nothing had been decided.
 */
export function describeRecord(record: EventRecord): AnalyticsEvent {
  const time = new Date(record.time);
  return {
    uuid: record.uuid ?? '',
    event: record.event,
    distinctId: record.distinctId ?? readUserId(record.userId ?? record.context.userId).id ?? '',
    timestamp: Number.isNaN(time.getTime()) ? '' : time.toISOString(),
    properties: { ...record.properties, ...record.measured },
    groups: record.groups ?? {},
  };
}
