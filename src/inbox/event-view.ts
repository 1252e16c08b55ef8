import type { AnalyticsEvent } from '../event/analytics-event.js';
import { eventJson } from '../event/fit-event.js';
import { stateOf, stateChange, summarise } from './event-summary.js';
import type { EventStore } from './event-store.js';
import type { EventDetail, EventPage, EventSummary, FeedChange, FoundEvent, Verdict } from './inbox-api.js';
import type { InboxTap } from './inbox-tap.js';
import { readEvent, type StoredEvent } from './stored-event.js';
import { worstLevel } from './verdict-level.js';
import { verdictsOf } from './verdicts/verdict.js';

/** What is shown of the store: rows, pages, changes, and one event in full. */
export class EventView {
  /** A row's verdict costs a schema's check, and rows are asked for again and again. */
  private readonly rows = new WeakMap<StoredEvent, EventSummary>();

  constructor(
    readonly store: EventStore,
    private readonly tap: InboxTap,
  ) {}

  row(stored: StoredEvent): EventSummary {
    const known = this.rows.get(stored);
    if (known !== undefined) {
      const state = stateOf(stored, this.tap.settings);
      const isSame = known.state === state && known.reason === stored.reason && known.source === stored.source;
      return isSame ? known : this.keep(stored, { ...known, state, reason: stored.reason, source: stored.source });
    }
    const event = readEvent(stored);
    const level = worstLevel(this.verdicts(stored, event).filter(({ topic }) => topic !== 'delivery'));
    return this.keep(stored, summarise(stored, event, level, this.tap.settings));
  }

  page(limit: number, before: number | undefined): EventPage {
    const { store } = this;
    const events = store.newest(limit, before);
    return {
      boot: store.boot,
      version: store.version,
      capacity: store.maxEvents,
      total: store.size,
      rows: events.map((stored) => this.row(stored)),
      hasMore: (events.at(-1)?.seq ?? 0) > store.oldest,
    };
  }

  /** What changed since a version, at most `limit` new rows, and the version that it leads to. */
  changeSince(version: number, limit: number): { change: FeedChange; version: number } {
    const { store } = this;
    const since = store.since(version, limit);
    return {
      version: since.version,
      change: {
        boot: store.boot,
        rows: since.added.map((stored) => this.row(stored)),
        states: since.changed.map((stored) => stateChange(stored, this.tap.settings)),
        oldest: store.oldest,
        hasGap: since.hasGap,
        clearedThrough: since.clearedThrough,
      },
    };
  }

  detail(seq: number): EventDetail | undefined {
    const stored = this.store.get(seq);
    if (stored === undefined) return undefined;
    const event = readEvent(stored);
    return {
      summary: this.row(stored),
      verdicts: this.verdicts(stored, event),
      wire: wireOf(stored),
      bytes: stored.isStub ? 0 : Buffer.byteLength(eventJson(event)),
    };
  }

  /** A row with its event in full. */
  whole(stored: StoredEvent): FoundEvent {
    return { ...this.row(stored), wire: wireOf(stored) };
  }

  event(seq: number): AnalyticsEvent | undefined {
    const stored = this.store.get(seq);
    return stored === undefined || stored.isStub ? undefined : readEvent(stored);
  }

  private verdicts(stored: StoredEvent, event: AnalyticsEvent): Verdict[] {
    return verdictsOf(stored, event, this.tap.history, this.tap.settings);
  }

  private keep(stored: StoredEvent, row: EventSummary): EventSummary {
    this.rows.set(stored, row);
    return row;
  }
}

/** `null`: it was dropped before it was made. */
function wireOf(stored: StoredEvent): unknown {
  return stored.isStub ? null : (JSON.parse(eventJson(readEvent(stored))) as unknown);
}
