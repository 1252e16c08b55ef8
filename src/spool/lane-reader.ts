import { endOf, type Segment } from './segment-list.js';
import { SegmentScanner } from './segment-scanner.js';
import type { SpoolRecord } from './spool-record.js';

/** What a reader sees of the lane: both grow while it reads. */
export interface ReadableLane {
  readonly destination: string;
  readonly instance: string;
  readonly segments: readonly Segment[];
  readonly lastSeq: number;
  /** Throws ENOENT where the folder was taken away: what can't be read then is not damaged. */
  assertInPlace(): void;
}

/**
 * The records of a lane in order of sequence, over all its segments. Numbers that are missing are told as gaps,
 * each once, before the record behind them is returned.
 */
export class LaneReader {
  readonly #lane: ReadableLane;
  readonly #onGap: (first: number, last: number) => void;
  #segment: Segment | null = null;
  #scanner: SegmentScanner | null = null;
  #expected: number;

  constructor(lane: ReadableLane, firstSeq: number, onGap: (first: number, last: number) => void) {
    this.#lane = lane;
    this.#expected = firstSeq;
    this.#onGap = onGap;
  }

  /** The next intact record, or null where the lane ends by now. */
  next(): SpoolRecord | null {
    for (;;) {
      if (!this.#scanner && !this.#openNext()) return null;
      const { segments, lastSeq } = this.#lane;
      const end = endOf(segments, segments.indexOf(this.#segment!), lastSeq);
      const record = this.#scanner!.next();
      if (record) {
        // A number beyond the end was taken back after a failed write, and given again in the next segment.
        if (record.seq < this.#expected || record.seq > end) continue;
        this.#passTo(record.seq);
        this.#expected = record.seq + 1;
        return record;
      }
      if (end >= this.#expected) this.#lane.assertInPlace();
      this.#passTo(end + 1);
      if (!this.#segment!.sealed) return null;
      if (!this.#openNext()) return null;
    }
  }

  /** Bytes of the segments that were not looked at. */
  get unreadBytes(): number {
    const { segments, lastSeq } = this.#lane;
    const at = this.#segment ? segments.indexOf(this.#segment) : -1;
    return segments.reduce((sum, segment, index) => {
      const isAhead = at >= 0 ? index > at : endOf(segments, index, lastSeq) >= this.#expected;
      return isAhead ? sum + segment.bytes : sum;
    }, this.#scanner?.unreadBytes ?? 0);
  }

  /** Leaves a segment that is about to be deleted; its numbers up to `end` are not gaps. */
  leave(segment: Segment, end: number): void {
    this.#expected = Math.max(this.#expected, end + 1);
    if (this.#segment === segment) this.close();
  }

  close(): void {
    this.#scanner?.close();
    this.#scanner = null;
    this.#segment = null;
  }

  #passTo(seq: number): void {
    if (seq > this.#expected) this.#onGap(this.#expected, seq - 1);
    this.#expected = Math.max(this.#expected, seq);
  }

  /** Opens the segment behind the current one, or the first that can hold the next number. */
  #openNext(): boolean {
    const { segments, lastSeq, destination, instance } = this.#lane;
    const from = this.#segment ? segments.indexOf(this.#segment) + 1 : 0;
    const next = segments.find(
      (_, i) => i >= from && (i === segments.length - 1 || endOf(segments, i, lastSeq) >= this.#expected),
    );
    if (!next) return false;
    this.close();
    this.#segment = next;
    const identity = { destination, instance, firstSeq: next.firstSeq };
    this.#scanner = new SegmentScanner(next.path, identity, () => next.bytes);
    return true;
  }
}
