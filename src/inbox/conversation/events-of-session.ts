import type { AnalyticsEvent } from '../../event/analytics-event.js';
import type { EventStore } from '../event-store.js';
import { beginningOfSession, sessionKey } from '../session-key.js';
import { readEvent, type StoredEvent } from '../stored-event.js';

interface ReadEvent {
  readonly stored: StoredEvent;
  readonly event: AnalyticsEvent;
}

/** A session's events, by its id or key, and the signings-in of its anonymous people, in the order of their arrival. */
export function eventsOfSession(store: EventStore, session: string): ReadEvent[] {
  const all = store.following(0, store.size);
  const key = sessionKey(session);
  const written = JSON.stringify(beginningOfSession(session)).slice(1, -1);
  const own = reading(all, written).filter(({ event }) => sessionKey(idOf(event)) === key);
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

function idOf({ properties }: AnalyticsEvent): unknown {
  return properties.session_id ?? properties.$ai_session_id;
}
