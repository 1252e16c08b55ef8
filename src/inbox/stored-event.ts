import type { AnalyticsEvent } from '../event/analytics-event.js';

/** What became of an event so far. */
export type Fate = 'pending' | 'delivered' | 'held' | 'dropped';

/** An event as the inbox keeps it: as text, so that nothing of the application stays alive with it. */
export interface StoredEvent {
  /** Ascending in the order of arrival; the store's version when it came. */
  readonly seq: number;
  /** The store's version when it changed last. */
  changed: number;
  readonly uuid: string;
  /** The `AnalyticsEvent` as JSON. */
  readonly json: string;
  readonly bytes: number;
  /** Whether it was dropped before it was made: then its name is all that is known. */
  readonly isStub: boolean;
  /** Whether an earlier event of the store has the same uuid. */
  readonly isRetold: boolean;
  fate: Fate;
  reason: string | null;
  source: string | null;
}

export function readEvent(stored: StoredEvent): AnalyticsEvent {
  return JSON.parse(stored.json) as AnalyticsEvent;
}
