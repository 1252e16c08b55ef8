import type { StoredEvent } from './event-store.js';

/** So often must others be accepted, and a batch fail again, before it is looked at. */
const timesUntilRefused = 5;

/** Events of one lane that travel in one request. */
export class Batch {
  readonly bytes: number;
  /** Requests that carried these events. */
  attempts = 0;
  /** How many events the endpoint had accepted when it first refused these; `undefined`: it has not refused them. */
  refusedAt: number | undefined;
  /** How many it had accepted when it last refused these, one event alone. */
  refusedAloneAt: number | undefined;
  /** How often what answered was not PostHog, and how many events had been accepted there the last time. */
  misdirected = 0;
  misdirectedAt: number | undefined;
  /** How often of these others had been accepted since the time before. */
  singledOut = 0;
  /** The same of requests that got no answer, or one that says nothing of the batch. */
  failures = 0;
  failedAt: number | undefined;
  private outlived = 0;
  /** Whether others were accepted while it, or what it was part of, failed: then it is no sign of an outage. */
  isOutlived = false;

  constructor(
    readonly events: readonly StoredEvent[],
    /** Events of the lane that were taken before: says which of two batches is the older. */
    readonly position: number,
  ) {
    this.bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  }

  /**
   * What answered was not PostHog, when so many events had been accepted. Whether it is the batch: others are accepted
   * time and again, and this one is not.
   */
  misdirectedNow(accepted: number): boolean {
    const isSingledOut = this.misdirectedAt !== undefined && accepted > this.misdirectedAt;
    this.misdirected++;
    this.misdirectedAt = accepted;
    return isSingledOut && ++this.singledOut >= timesUntilRefused;
  }

  /** Likewise of a request that failed; a server that says that it is busy says nothing of the batch. */
  failedNow(accepted: number, isBusy: boolean): boolean {
    const isSingledOut = !isBusy && this.failedAt !== undefined && accepted > this.failedAt;
    this.failures++;
    this.failedAt = accepted;
    this.isOutlived ||= isSingledOut;
    return isSingledOut && ++this.outlived >= timesUntilRefused;
  }

  /** Two batches in the same order, which are known to be refused as this one is. That it failed must show anew. */
  halves(): [Batch, Batch] {
    const middle = Math.ceil(this.events.length / 2);
    return [this.part(0, middle), this.part(middle, this.events.length)];
  }

  private part(from: number, to: number): Batch {
    const part = new Batch(this.events.slice(from, to), this.position + from);
    part.attempts = this.attempts;
    part.refusedAt = this.refusedAt;
    part.misdirected = this.misdirected;
    part.misdirectedAt = this.misdirectedAt;
    part.singledOut = this.singledOut;
    part.isOutlived = this.isOutlived;
    return part;
  }
}
