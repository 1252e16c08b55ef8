import { unlinkSync } from 'node:fs';
import { LaneCursor } from './lane-cursor.js';
import { LaneReader } from './lane-reader.js';
import { LaneState } from './lane-state.js';
import { lastSeqOf, readRanges } from './segment-contents.js';
import { endOf, listSegments, type Segment } from './segment-list.js';
import { countOf, type SeqRange } from './seq-ranges.js';
import type { SpoolLoss, SpoolRecord } from './spool-record.js';
import { SpoolWriteError } from './spool-write-error.js';

export interface LaneIdentity {
  readonly folder: string;
  readonly instance: string;
  readonly lane: number;
  readonly destination: string;
  /** Whether the folder is still where it was; throws where that can't be seen. */
  readonly isInPlace?: () => boolean;
}

/** The reading side of one lane of one instance: take, settle, put back, drop, and the cursor. */
export class SpoolLane {
  readonly instance: string;
  readonly lane: number;
  readonly destination: string;
  readonly segments: Segment[];
  /** The last number given to a record. */
  lastSeq: number;
  readonly #cursor: LaneCursor;
  readonly #identity: LaneIdentity;
  readonly #onLoss: (loss: SpoolLoss) => void;
  readonly #state: LaneState;
  #reader: LaneReader | null;
  #peeked: SpoolRecord | null = null;
  #dirty = false;

  /** Reads what the folder holds. Throws where it cannot be read. */
  constructor(identity: LaneIdentity, onLoss: (loss: SpoolLoss) => void) {
    this.instance = identity.instance;
    this.lane = identity.lane;
    this.destination = identity.destination;
    this.#identity = identity;
    this.#onLoss = onLoss;
    this.segments = listSegments(identity.folder);
    this.#cursor = new LaneCursor(identity.folder);
    const saved = this.#cursor.found;
    const firstSeq = saved ? 1 : (this.segments[0]?.firstSeq ?? 1);
    this.#state = new LaneState([{ first: 0, last: firstSeq - 1 }, ...(saved?.settled ?? [])]);
    this.lastSeq = Math.max(saved?.lastSeq ?? 0, lastSeqOf(this.segments.at(-1), identity));
    this.#reader = new LaneReader(this, firstSeq, (first, last) => this.#lose(first, last));
  }

  assertInPlace(): void {
    const { isInPlace, folder } = this.#identity;
    if (isInPlace?.() === false) throw new SpoolWriteError('ENOENT', `${folder} is no longer in its place`);
  }

  get bytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Records that are not settled, those in flight included. */
  get pending(): number {
    return this.#reader ? this.#state.pendingUpTo(this.lastSeq) : this.#state.held;
  }

  get inFlight(): number {
    return this.#state.inFlight;
  }

  /** About how many bytes wait to be taken: payloads with what belongs to them. */
  get waitingBytes(): number {
    return (this.#reader?.unreadBytes ?? 0) + this.#state.returnedBytes + (this.#peeked?.payload.length ?? 0);
  }

  /** Time of the oldest record in flight, or null. */
  oldestInFlight(): number | null {
    return this.#state.oldestInFlight();
  }

  /** Time of the oldest record that waits, or null. Throws where reading fails. */
  oldestWaiting(): number | null {
    return this.#front()?.time ?? null;
  }

  /**
   * The next records in order, in flight from then on: at most so many, and of so many bytes; the first may be larger
   * where `atLeastOne`. Throws where reading fails before any is taken; behind one it ends.
   */
  take(maxRecords: number, maxBytes: number, atLeastOne: boolean): SpoolRecord[] {
    const taken: SpoolRecord[] = [];
    let bytes = 0;
    while (taken.length < maxRecords) {
      const record = this.#frontBehind(taken);
      if (!record) break;
      const isFree = atLeastOne && taken.length === 0;
      if (bytes + record.payload.length > maxBytes && !isFree) break;
      bytes += record.payload.length;
      taken.push(this.#shift(record));
    }
    return taken;
  }

  /** Takes and settles the records at the front that were stored before `time`. */
  expire(time: number): SpoolRecord[] {
    const expired: SpoolRecord[] = [];
    for (let record = this.#front(); record && record.time < time; record = this.#frontBehind(expired)) {
      expired.push(this.#shift(record));
    }
    this.settle(expired);
    return expired;
  }

  /** Whether the record is still on disk: its segment may have been dropped or removed while it was in flight. */
  isStored({ seq }: SpoolRecord): boolean {
    return this.segments.some(
      ({ firstSeq }, index) => firstSeq <= seq && seq <= endOf(this.segments, index, this.lastSeq),
    );
  }

  /** How many of the records were in flight and are settled now. */
  settle(records: readonly SpoolRecord[]): number {
    const settled = records.filter((record) => this.#state.settle(record.seq)).length;
    this.#dirty ||= settled > 0;
    return settled;
  }

  putBack(records: readonly SpoolRecord[]): void {
    this.#state.putBack(records);
  }

  /** Deletes the first segment and settles what it held, but for what is in flight. The segment must be sealed. */
  dropFirstSegment(withRecords: boolean): { ranges: SeqRange[]; records: SpoolRecord[] } {
    const segment = this.segments[0]!;
    const end = endOf(this.segments, 0, this.lastSeq);
    const ranges = this.#state.drop(segment.firstSeq, end);
    const records = withRecords ? this.#readable(segment, ranges) : [];
    if (this.#peeked && this.#peeked.seq <= end) this.#peeked = null;
    this.#dirty = true;
    try {
      // Before the file goes: otherwise a crash in between would make a gap of what is dropped and told here.
      this.#save(false);
    } catch {
      // Told by the next persistCursor.
    }
    this.#delete(segment, end);
    return { ranges, records };
  }

  /**
   * Saves what is settled, then deletes the segments of which everything is. A failure to save is thrown; nothing is
   * deleted then.
   */
  persistCursor(fsync: boolean): void {
    if (!this.#reader || (!this.#dirty && this.#cursor.lastSeq === this.lastSeq)) return;
    this.#save(fsync);
    for (const segment of [...this.segments]) {
      const end = endOf(this.segments, this.segments.indexOf(segment), this.lastSeq);
      const isOver = segment.sealed && this.#state.unsettledIn(segment.firstSeq, end).length === 0;
      if (isOver) this.#delete(segment, end);
    }
  }

  /** Forgets the folder, which is ours no more; what is held in memory stays. How many records went with it. */
  detach(): number {
    if (!this.#reader) return 0;
    const gone = this.pending - this.#state.held;
    this.close();
    this.#reader = null;
    this.#peeked = null;
    this.segments.length = 0;
    return gone;
  }

  close(): void {
    this.#reader?.close();
  }

  #front(): SpoolRecord | null {
    const returned = this.#state.returned[0];
    if (returned) return returned;
    while (!this.#peeked && this.#reader) {
      const record = this.#reader.next();
      if (!record) return null;
      if (!this.#state.isSettled(record.seq)) this.#peeked = record;
    }
    return this.#peeked;
  }

  /** Where reading fails, what was taken before must not be forgotten: the next call meets the failure again. */
  #frontBehind(taken: readonly SpoolRecord[]): SpoolRecord | null {
    try {
      return this.#front();
    } catch (error) {
      if (taken.length === 0) throw error;
      return null;
    }
  }

  /** The records of these ranges; none where they cannot be read now: that they are dropped is told all the same. */
  #readable(segment: Segment, ranges: readonly SeqRange[]): SpoolRecord[] {
    try {
      return readRanges(segment, this, ranges);
    } catch {
      return [];
    }
  }

  #shift(record: SpoolRecord): SpoolRecord {
    if (record === this.#peeked) this.#peeked = null;
    this.#state.take(record);
    return record;
  }

  #lose(first: number, last: number): void {
    const ranges = this.#state.settleRange(first, last);
    const count = countOf(ranges);
    if (count === 0) return;
    this.#dirty = true;
    this.#onLoss({ instance: this.instance, lane: this.lane, count, ranges });
  }

  #save(fsync: boolean): void {
    this.#cursor.save({ lastSeq: this.lastSeq, settled: this.#state.settled }, fsync);
    this.#dirty = false;
  }

  #delete(segment: Segment, end: number): void {
    this.#reader?.leave(segment, end);
    this.segments.splice(this.segments.indexOf(segment), 1);
    try {
      unlinkSync(segment.path);
    } catch {
      // Removed by someone else, or the disk is read-only: the cursor says that it is settled.
    }
  }
}
