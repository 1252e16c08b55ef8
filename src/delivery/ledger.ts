import type { AnalyticsEvent } from '../event/analytics-event.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { AnalyticsStats, DropReason, PendingByPlace, RefusalReason, RefusedCall } from './delivery.js';
import { EventDiagnostics } from './event-diagnostics.js';
import type { EventRecord } from './event-record.js';
import type { StoredEvent, StoreLoss } from './event-store.js';
import type { PreparedEvent } from './prepare-event.js';
import { decodeEvent, describeRecord } from './wire-event.js';

export type OnDrop = (event: AnalyticsEvent, reason: DropReason) => void;

/** What the ledger says of itself; the rest of the stats is said by the places where events are. */
export type Books = Pick<
  AnalyticsStats,
  | 'accepted'
  | 'refused'
  | 'delivered'
  | 'dropped'
  | 'dead'
  | 'adopted'
  | 'replayed'
  | 'handed'
  | 'retries'
  | 'lastError'
>;

/**
 * The books: counts every event that comes in and every one that leaves, and tells onDrop and diagnostics of it.
 *
 * What is pending is not counted here: the places where events are count what they hold, so that the two can be
 * compared (`imbalance`).
 */
export class Ledger {
  accepted = 0;
  delivered = 0;
  dead = 0;
  adopted = 0;
  replayed = 0;
  handed = 0;
  retries = 0;
  lastError: string | null = null;
  private readonly refusals = new Map<RefusalReason, number>();
  private readonly drops = new Map<DropReason, number>();
  private readonly diagnostics = new EventDiagnostics();
  private readonly watches = new Set<PendingWatch>();
  /** Events that this process accepted and that have left. */
  private ownSettled = 0;

  constructor(
    private readonly reporter: Reporter,
    private readonly onDrop: OnDrop | undefined,
  ) {}

  refuse(reason: RefusalReason, about?: RefusedCall): void {
    count(this.refusals, reason, 1);
    this.diagnostics.refused(reason, about?.event, about?.source);
  }

  prepared({ event, source }: PreparedEvent): void {
    this.diagnostics.accepted(event, source);
  }

  deliver(events: readonly StoredEvent[]): void {
    this.delivered += events.length;
    this.diagnostics.delivered(events);
    this.settle(events);
  }

  drop(events: readonly StoredEvent[], reason: DropReason): void {
    if (events.length === 0) return;
    count(this.drops, reason, events.length);
    this.diagnostics.dropped(events, 'dropped', reason);
    for (const { json } of events) this.tellDrop(() => decodeEvent(json), reason);
    this.settle(events);
  }

  /** What the store lost is counted at once, and told by `tellLost` when the application may be called. */
  countLost(losses: readonly StoreLoss[]): void {
    for (const { reason, count: lost, events, ownUnknown } of losses) {
      count(this.drops, reason, lost);
      this.settle(events);
      this.settleUnknown(ownUnknown);
    }
  }

  tellLost(losses: readonly StoreLoss[]): void {
    for (const { reason, events } of losses) {
      this.diagnostics.dropped(events, 'dropped', reason);
      for (const { json } of events) this.tellDrop(() => decodeEvent(json), reason);
    }
  }

  /** Another process has these; `own` of them were accepted here. */
  handOver(events: number, own: number): void {
    this.handed += events;
    this.settleUnknown(own);
  }

  /** A record that became no event; `order` is its place in the order of acceptance. */
  dropRecord(record: EventRecord, order: number, reason: DropReason): void {
    count(this.drops, reason, 1);
    this.diagnostics.droppedEarly(record.event, record.source, reason);
    this.tellDrop(() => describeRecord(record), reason);
    this.settle([{ order }]);
  }

  bury(events: readonly StoredEvent[]): void {
    this.dead += events.length;
    this.diagnostics.dropped(events, 'dead', 'rejected');
    for (const { json } of events) this.tellDrop(() => decodeEvent(json), 'rejected');
    this.settle(events);
  }

  hold(events: readonly StoredEvent[], reason: string): void {
    this.diagnostics.held(events, reason);
  }

  /** Follows what is accepted by now and has not left. End it with `end`. */
  watch(): PendingWatch {
    const watch = new PendingWatch(this.accepted, Math.max(0, this.accepted - this.ownSettled), () =>
      this.watches.delete(watch),
    );
    this.watches.add(watch);
    return watch;
  }

  books(): Books {
    const { accepted, delivered, dead, adopted, replayed, handed, retries, lastError } = this;
    const refused = Object.fromEntries(this.refusals);
    const dropped = Object.fromEntries(this.drops);
    return { accepted, refused, delivered, dropped, dead, adopted, replayed, handed, retries, lastError };
  }

  private settle(events: readonly Pick<StoredEvent, 'order'>[]): void {
    for (const { order } of events) {
      if (order === Infinity) continue;
      this.ownSettled++;
      for (const watch of this.watches) watch.settled(order);
    }
  }

  /** Which they were is not known: whoever waits takes them for the oldest. */
  private settleUnknown(events: number): void {
    for (let i = 0; i < events; i++) this.settle([{ order: 0 }]);
  }

  private tellDrop(eventOf: () => AnalyticsEvent, reason: DropReason): void {
    if (!this.onDrop) return;
    const failed = (error: unknown) => this.reporter.warnOnce(messages.onDropThrew(errorType(error)));
    try {
      const told: unknown = this.onDrop(eventOf(), reason);
      // An async callback fits the type; its rejection must not end the process.
      if (told instanceof Promise) told.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** The events that were accepted up to a moment and have not left since. */
export class PendingWatch {
  constructor(
    private readonly lastOrder: number,
    /** How many of them are left. */
    public left: number,
    /** Stops following. */
    readonly end: () => void,
  ) {}

  settled(order: number): void {
    // What left unknown counts as the oldest, and may have come after the watch began.
    if (order <= this.lastOrder && this.left > 0) this.left--;
  }
}

/** How far the books are out: 0 after every transition. */
export function imbalance(books: Books, pending: PendingByPlace): number {
  const { accepted, adopted, replayed, delivered, dropped, dead, handed } = books;
  const left = Object.values(dropped).reduce((sum, number) => sum + number, delivered + dead + handed);
  return accepted + adopted + replayed - left - pending.total;
}

function count<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
