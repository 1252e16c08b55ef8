import { Batch } from './batch.js';
import { BatchSize } from './batch-size.js';
import { batchLimits, type EventStore, type Lane, type StoredEvent } from './event-store.js';

/** After so many failures, or answers of somebody else, a batch lets others try. */
const timesUntilBehind = 3;
/** So many such batches are enough to find out: the rest waits where it is. */
const mostMisdirected = 8;
/** With so many that failed it is an outage, which holds no more events in flight than before. */
const mostFailing = 4;

/** The batches of one lane: which is sent next, which are under way, which came back. */
export class Outbox {
  readonly inFlight = new Set<Batch>();
  /** Batches that came back, oldest first. */
  private returned: Batch[] = [];
  private taken = 0;
  private readonly size: BatchSize;

  constructor(
    private readonly store: EventStore,
    private readonly lane: Lane,
  ) {
    this.size = new BatchSize(batchLimits[lane]);
  }

  get eventsInFlight(): number {
    return countOf(this.inFlight);
  }

  /** Events that wait, returned ones included. */
  get eventsWaiting(): number {
    return this.freshEvents + countOf(this.returned);
  }

  /** Events that were never taken. */
  get freshEvents(): number {
    return this.store.waiting(this.lane).events;
  }

  /** When the oldest event here was accepted. */
  get oldest(): number {
    let oldest = this.store.oldestWaiting(this.lane) ?? Infinity;
    for (const batch of [...this.inFlight, ...this.returned]) {
      oldest = Math.min(oldest, batch.events[0]?.acceptedAt ?? Infinity);
    }
    return oldest;
  }

  /**
   * The batch to send next, which is then in flight: what came back first, then fresh events, with `partial` also less
   * than a full batch of them. What must not hold up the rest comes last: an event that was refused alone, or a batch
   * that failed or was misdirected several times, while the endpoint accepted no other (`accepted` is how many it has). One
   * event alone that fails stays behind.
   */
  next(accepted: number, partial: boolean): Batch | undefined {
    const isSuspect = (batch: Batch) =>
      batch.refusedAloneAt === accepted ||
      (batch.misdirected >= timesUntilBehind && batch.misdirectedAt === accepted) ||
      (batch.failures >= timesUntilBehind && (batch.failedAt === accepted || batch.events.length === 1));
    const mayTakeMore =
      this.returned.filter(({ misdirected }) => misdirected > 0).length < mostMisdirected &&
      this.returned.filter((batch) => batch.failures >= timesUntilBehind && !batch.isOutlived).length < mostFailing;
    const batch =
      this.returned.find((candidate) => !isSuspect(candidate)) ??
      (mayTakeMore ? this.takeFresh(partial) : undefined) ??
      this.leastTried();
    if (!batch) return undefined;
    this.returned = this.returned.filter((other) => other !== batch);
    this.inFlight.add(batch);
    return batch;
  }

  /** Puts a batch in flight back into its place. */
  putBack(batch: Batch): void {
    if (this.inFlight.delete(batch)) this.insert(batch);
  }

  /** Puts a batch in flight back as two. */
  split(batch: Batch): void {
    if (!this.inFlight.delete(batch)) return;
    for (const half of batch.halves()) this.insert(half);
  }

  /** The endpoint found it too large: fresh events go in smaller batches. */
  tooLarge(batch: Batch): void {
    // One event alone can't be made smaller, and says nothing about several.
    if (batch.events.length > 1) this.size.tooLarge(batch.bytes);
  }

  /** Lets go of a batch in flight, whose events need to be kept no more. */
  settle(batch: Batch): void {
    if (!this.inFlight.delete(batch)) return;
    this.store.settle(batch.events);
    this.size.fits();
  }

  /** Lets go of a batch in flight that the endpoint will never accept. */
  bury(batch: Batch, reason: string): void {
    if (this.inFlight.delete(batch)) this.store.bury(batch.events, reason);
  }

  /** Lets go of all that was taken, oldest first: the store is about to close. */
  releaseTaken(): StoredEvent[] {
    const rest = [...this.inFlight, ...this.returned].sort((a, b) => a.position - b.position);
    this.inFlight.clear();
    this.returned = [];
    return rest.flatMap((batch) => batch.events);
  }

  private takeFresh(partial: boolean): Batch | undefined {
    const { limit } = this.size;
    const waiting = this.store.waiting(this.lane);
    if (!partial && waiting.events < limit.events && waiting.bytes < limit.bytes) return undefined;
    const events = this.store.take(this.lane, limit);
    if (events.length === 0) return undefined;
    const batch = new Batch(events, this.taken);
    this.taken += events.length;
    return batch;
  }

  private leastTried(): Batch | undefined {
    return this.returned.reduce<Batch | undefined>(
      (least, batch) => (least && least.attempts <= batch.attempts ? least : batch),
      undefined,
    );
  }

  private insert(batch: Batch): void {
    const index = this.returned.findIndex((other) => other.position > batch.position);
    this.returned.splice(index < 0 ? this.returned.length : index, 0, batch);
  }
}

function countOf(batches: Iterable<Batch>): number {
  let count = 0;
  for (const batch of batches) count += batch.events.length;
  return count;
}
