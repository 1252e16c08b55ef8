import { join } from 'node:path';
import { encodeBatch, MAX_BATCH_RECORDS, recordBytes } from './record-format.js';
import { SEGMENT_HEADER_BYTES, segmentName } from './segment-format.js';
import type { Segment } from './segment-list.js';
import { SegmentWriter } from './segment-writer.js';
import type { SpoolLane } from './spool-lane.js';
import { asWriteError } from './spool-write-error.js';

/** No write is larger, but for a single payload. */
const MAX_WRITE_BYTES = 4 * 1024 * 1024;
const MAX_ATTEMPTS = 10_000;

export interface LaneWriterOptions {
  readonly folder: string;
  readonly segmentBytes: number;
  readonly fsync: boolean;
}

/** The writing side of a lane: appends to its last segment, begins the next when it is full. */
export class LaneWriter {
  readonly #lane: SpoolLane;
  readonly #options: LaneWriterOptions;
  #current: { writer: SegmentWriter; segment: Segment } | null = null;

  constructor(lane: SpoolLane, options: LaneWriterOptions) {
    this.#lane = lane;
    this.#options = options;
  }

  /** Appends the payloads, in as few writes as possible. Throws SpoolWriteError, which says how many are stored. */
  append(payloads: readonly (string | Buffer)[], time: number): void {
    let stored = 0;
    while (stored < payloads.length) {
      const { count, bytes } = nextWrite(payloads, stored);
      try {
        this.#write(payloads.slice(stored, stored + count), bytes, time);
      } catch (error) {
        throw asWriteError(error, stored);
      }
      stored += count;
    }
  }

  /** Ends the current segment. */
  seal(): void {
    if (!this.#current) return;
    const { writer, segment } = this.#current;
    this.#current = null;
    segment.sealed = true;
    writer.close();
  }

  #write(payloads: readonly (string | Buffer)[], bytes: number, time: number): void {
    const { writer, segment } = this.#room(bytes, time);
    const lane = this.#lane;
    const head = { firstSeq: lane.lastSeq + 1, time, lane: lane.lane, seed: writer.seed };
    try {
      writer.append(encodeBatch(payloads, head, bytes));
    } catch (error) {
      this.seal();
      throw error;
    }
    segment.bytes = writer.bytes;
    lane.lastSeq += payloads.length;
  }

  #room(bytes: number, time: number): { writer: SegmentWriter; segment: Segment } {
    const used = this.#current?.segment.bytes ?? 0;
    const isFull = used > SEGMENT_HEADER_BYTES && used + bytes > this.#options.segmentBytes;
    if (isFull) this.seal();
    return (this.#current ??= this.#begin(time));
  }

  #begin(time: number): { writer: SegmentWriter; segment: Segment } {
    const { instance, destination, lane, lastSeq, segments } = this.#lane;
    const firstSeq = lastSeq + 1;
    const header = { kind: 'pending', lane, firstSeq, createdAt: time, destination, instance } as const;
    // A segment whose first write failed has the same first number.
    for (let attempt = 0; ; attempt++) {
      const path = join(this.#options.folder, segmentName(firstSeq, attempt));
      try {
        const writer = new SegmentWriter(path, header, this.#options.fsync);
        const segment = { path, firstSeq, createdAt: time, bytes: writer.bytes, sealed: false };
        segments.push(segment);
        return { writer, segment };
      } catch (error) {
        const failure = asWriteError(error);
        if (failure.code !== 'EEXIST' || attempt >= MAX_ATTEMPTS) throw failure;
      }
    }
  }
}

function nextWrite(payloads: readonly (string | Buffer)[], from: number): { count: number; bytes: number } {
  let count = 0;
  let bytes = 0;
  while (from + count < payloads.length && count < MAX_BATCH_RECORDS) {
    const next = recordBytes(payloads[from + count]!);
    if (count > 0 && bytes + next > MAX_WRITE_BYTES) break;
    bytes += next;
    count++;
  }
  return { count, bytes };
}
