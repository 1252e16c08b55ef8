import { wholeEvents } from './event-finder.js';
import type { EventView } from './event-view.js';
import type { SessionEvents } from './inbox-api.js';
import { readEvent } from './stored-event.js';

const MOST_EVENTS = 2_000;

/** The events of one session in the order in which they happened; those of one moment in the order in which they came. */
export function sessionEvents(view: EventView, session: string): SessionEvents {
  const { store } = view;
  const stored = store
    .following(0, store.size)
    .filter(({ json }) => json.includes(JSON.stringify(session).slice(1, -1)));
  const events = stored.map((one) => ({ one, event: readEvent(one) }));
  const own = events.filter(({ event }) => isOf(event.properties.session_id, session));
  own.sort((a, b) => Date.parse(a.event.timestamp) - Date.parse(b.event.timestamp) || a.one.seq - b.one.seq);
  const ordered = own.map(({ one }) => one);
  const rows = wholeEvents(view, ordered, MOST_EVENTS);
  return { session, rows, hasMore: rows.length < ordered.length };
}

/** Some applications number their sessions. */
function isOf(id: unknown, session: string): boolean {
  return id === session || (typeof id === 'number' && String(id) === session);
}
