import type { AnalyticsEvent } from '../event/analytics-event.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import { isUuid } from '../event/uuid.js';
import { areSameGroups, readGroups, replaceGroups } from './event-properties.js';

/** An event holds several copies of what was captured, each with a bound of its own: this is for all that it holds. */
export const mostEventValues = 100_000;

/**
 * The event as the application's `beforeSend` wants it; `null` where it is not to be sent.
 *
 * The hook gets a copy. One that throws leaves the event as it was; one that returns no event (a promise, nothing)
 * drops it, because it may have meant to take something out. Both are told once. What it returns is mended.
 */
export function applyBeforeSend(
  beforeSend: (event: AnalyticsEvent) => AnalyticsEvent | null,
  event: AnalyticsEvent,
  reporter: Reporter,
): AnalyticsEvent | null {
  try {
    const result: unknown = beforeSend({
      ...event,
      properties: copyProperties(event.properties, mostEventValues),
      groups: { ...event.groups },
    });
    if (result === null) return null;
    if (isEventLike(result)) return mend(result, event);
    // The rejection of an async hook is nobody's.
    if (result instanceof Promise) result.catch(() => undefined);
    reporter.warnOnce(messages.beforeSendInvalid());
    return null;
  } catch (error) {
    reporter.warnOnce(messages.beforeSendThrew(errorType(error)));
    return event;
  }
}

function isEventLike(result: unknown): result is Record<keyof AnalyticsEvent, unknown> {
  return typeof result === 'object' && result !== null && 'event' in result && 'properties' in result;
}

/** What PostHog would refuse the whole batch for is taken from the event as it was. */
function mend(result: Record<keyof AnalyticsEvent, unknown>, original: AnalyticsEvent): AnalyticsEvent {
  const { event, distinctId, uuid, timestamp } = result;
  const properties = copyProperties(result.properties, mostEventValues);
  const groups = result.groups === undefined ? original.groups : readGroups(result.groups);
  // On the wire they stand in the properties only: a hook that takes them out must not have to know that.
  if (!areSameGroups(groups, original.groups)) replaceGroups(properties, original.groups, groups);
  return {
    uuid: isUuid(uuid) ? uuid : original.uuid,
    event: typeof event === 'string' ? event.toWellFormed() : original.event,
    distinctId:
      typeof distinctId === 'string' && distinctId.trim() !== '' ? distinctId.toWellFormed() : original.distinctId,
    timestamp: typeof timestamp === 'string' && !Number.isNaN(Date.parse(timestamp)) ? timestamp : original.timestamp,
    properties,
    groups,
  };
}
