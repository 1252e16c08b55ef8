import type { AnalyticsEvent } from '../../event/analytics-event.js';
import type { EventStore } from '../event-store.js';
import { readEvent, type StoredEvent } from '../stored-event.js';

interface ReadEvent {
  readonly stored: StoredEvent;
  readonly event: AnalyticsEvent;
}

/** One session's events and the signings-in of its anonymous people, in the order in which they came. */
export function eventsOfSession(store: EventStore, session: string): ReadEvent[] {
  const all = store.following(0, store.size);
  const own = reading(all, JSON.stringify(session).slice(1, -1)).filter(({ event }) => isOf(event, session));
  const people = new Set<unknown>(own.map(({ event }) => event.distinctId));
  const known = new Set(own.map(({ stored }) => stored));
  const signingsIn = reading(all, '"$identify"').filter(
    ({ stored, event }) =>
      !known.has(stored) && event.event === '$identify' && people.has(event.properties.$anon_distinct_id),
  );
  return [...own, ...signingsIn].sort((a, b) => a.stored.seq - b.stored.seq);
}

/** The events whose JSON holds this text: most need no parsing. */
function reading(all: readonly StoredEvent[], text: string): ReadEvent[] {
  return all.filter(({ json }) => json.includes(text)).map((stored) => ({ stored, event: readEvent(stored) }));
}

function isOf({ properties }: AnalyticsEvent, session: string): boolean {
  const { session_id: id } = properties;
  if (id === undefined || id === null) return properties.$ai_session_id === session;
  // Some applications number their sessions.
  return id === session || (typeof id === 'number' && String(id) === session);
}
