import { countOf, SeqRanges, type SeqRange } from './seq-ranges.js';
import type { SpoolRecord } from './spool-record.js';

/**
 * Which records of a lane are settled, in flight or put back. Settled means delivered, dropped, dead or lost: nothing
 * more is due.
 */
export class LaneState {
  readonly #settled: SeqRanges;
  readonly #inFlight = new Map<number, SpoolRecord>();
  #returned: SpoolRecord[] = [];

  constructor(settled: readonly SeqRange[]) {
    this.#settled = new SeqRanges(settled);
  }

  get settled(): readonly SeqRange[] {
    return this.#settled.ranges;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Records that were put back and wait for the next take, oldest first. */
  get returned(): readonly SpoolRecord[] {
    return this.#returned;
  }

  isSettled(seq: number): boolean {
    return this.#settled.has(seq);
  }

  unsettledIn(first: number, last: number): SeqRange[] {
    return this.#settled.missingIn(first, last);
  }

  take(record: SpoolRecord): void {
    if (this.#returned[0] === record) this.#returned.shift();
    this.#inFlight.set(record.seq, record);
  }

  /** Settles a record in flight; false for one that is not (settled twice, or of another lane). */
  settle(seq: number): boolean {
    if (!this.#inFlight.delete(seq)) return false;
    this.#settled.add(seq);
    return true;
  }

  /** Settles whatever of the range is not, and tells what that was. */
  settleRange(first: number, last: number): SeqRange[] {
    const missing = this.#settled.missingIn(first, last);
    this.#settled.add(first, last);
    return missing;
  }

  putBack(records: readonly SpoolRecord[]): void {
    const ours = records.filter((record) => this.#inFlight.delete(record.seq));
    if (ours.length === 0) return;
    this.#returned = [...ours, ...this.#returned].sort((a, b) => a.seq - b.seq);
  }

  /** Settles the range but for what is in flight, which its sender still holds; tells what that was. */
  drop(first: number, last: number): SeqRange[] {
    const flying = new SeqRanges();
    for (const seq of this.#inFlight.keys()) flying.add(seq);
    const dropped = this.#settled.missingIn(first, last).flatMap((range) => flying.missingIn(range.first, range.last));
    for (const range of dropped) this.#settled.add(range.first, range.last);
    this.#returned = this.#returned.filter((record) => !this.#settled.has(record.seq));
    return dropped;
  }

  /** Time of the oldest record in flight. */
  oldestInFlight(): number | null {
    let oldest: number | null = null;
    for (const { time } of this.#inFlight.values()) oldest = Math.min(oldest ?? time, time);
    return oldest;
  }

  get returnedBytes(): number {
    return this.#returned.reduce((sum, { payload }) => sum + payload.length, 0);
  }

  pendingUpTo(lastSeq: number): number {
    return countOf(this.#settled.missingIn(0, lastSeq));
  }

  /** Records held in memory. */
  get held(): number {
    return this.#inFlight.size + this.#returned.length;
  }
}
