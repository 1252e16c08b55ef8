import type { StoredEvent } from './event-store.js';

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

  constructor(
    readonly events: readonly StoredEvent[],
    /** Events of the lane that were taken before: says which of two batches is the older. */
    readonly position: number,
  ) {
    this.bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  }

  /** Two batches in the same order, which are known to be refused as this one is. */
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
    return part;
  }
}
