import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventMatcher, type EventFilter } from './event-filter.js';
import type { EventStore } from './event-store.js';
import type { SearchAnswer } from './inbox-api.js';

/** How long the application's event loop is held at a time, in milliseconds. */
const SLICE_MS = 5;
const EVENTS_AT_ONCE = 200;

/** The `seq` of all events after `after` that match, found in slices: the application comes first. */
export async function searchEvents(store: EventStore, filter: EventFilter, after: number): Promise<SearchAnswer> {
  const matches = eventMatcher(filter);
  const found: number[] = [];
  let through = after;
  let sliceEnds = performance.now() + SLICE_MS;
  for (;;) {
    const events = store.following(through, EVENTS_AT_ONCE);
    for (const event of events) if (matches(event)) found.push(event.seq);
    through = events.at(-1)?.seq ?? through;
    if (events.length < EVENTS_AT_ONCE) return { boot: store.boot, through, found };
    if (performance.now() < sliceEnds) continue;
    await nextTurn();
    sliceEnds = performance.now() + SLICE_MS;
  }
}
