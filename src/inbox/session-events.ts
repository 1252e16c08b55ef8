import type { AnalyticsEvent } from '../event/analytics-event.js';
import { conversationOf } from './conversation/conversation.js';
import type { Conversation } from './conversation/conversation-api.js';
import { conversationTest } from './conversation/conversation-test.js';
import { eventsOfSession } from './conversation/events-of-session.js';
import { wholeEvents } from './event-finder.js';
import type { EventView } from './event-view.js';
import type { SessionEvents } from './inbox-api.js';
import { sessionKey } from './session-key.js';

const MOST_EVENTS = 2_000;

/** The events of one session in the order in which they happened; those of one moment in the order in which they came. */
export function sessionEvents(view: EventView, session: string): SessionEvents {
  const own = eventsOfSession(view.store, session);
  own.sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp) || a.stored.seq - b.stored.seq);
  const ordered = own.map(({ stored }) => stored);
  const rows = wholeEvents(view, ordered, MOST_EVENTS);
  return { session, rows, hasMore: rows.length < ordered.length };
}

/** The session as a timeline, of its newest events; `undefined` where there are none. */
export function sessionTimeline(view: EventView, session: string): Conversation | undefined {
  const own = eventsOfSession(view.store, session);
  if (own.length === 0) return undefined;
  const newest = own.slice(-MOST_EVENTS).map(({ stored, event }) => ({ row: view.row(stored), event }));
  return conversationOf({ session, boot: view.store.boot, events: newest, hidden: own.length - newest.length });
}

/** The session as a test; `undefined` where there is nothing of it. */
export function sessionTest(view: EventView, session: string): string | undefined {
  const own = eventsOfSession(view.store, session).filter(({ stored }) => !stored.isStub && stored.fate !== 'dropped');
  const events = own.slice(-MOST_EVENTS).map(({ event }) => event);
  return events.length === 0 ? undefined : conversationTest(wholeId(session, events), events);
}

/** The id itself, of a session that is asked for by its key: a test knows no keys. */
function wholeId(session: string, events: readonly AnalyticsEvent[]): string {
  const key = sessionKey(session);
  for (const { properties } of events) {
    const { session_id: id } = properties;
    if (typeof id === 'string' && sessionKey(id) === key) return id;
  }
  return session;
}
