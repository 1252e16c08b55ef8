import { decodeHeader, isIntact, RECORD_HEADER_BYTES, RECORD_MAGIC } from './record-format.js';
import { closeQuietly, openForReading, readAt } from './safe-files.js';
import { SEGMENT_HEADER_BYTES, segmentSeed, type SegmentIdentity } from './segment-format.js';
import type { SpoolRecord } from './spool-record.js';
import { errorCode } from './spool-write-error.js';

const WINDOW_BYTES = 256 * 1024;
const BLOCK_BYTES = 4096;

/**
 * The intact records of one segment, in file order. Behind damage it looks for the next record whose checksums hold;
 * a damaged record is never returned.
 */
export class SegmentScanner {
  readonly #path: string;
  readonly #instance: string;
  readonly #seed: number;
  readonly #limit: () => number;
  #buffer: Buffer = Buffer.alloc(0);
  #fd: number | null = null;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;
  #offset = SEGMENT_HEADER_BYTES;
  #highestSeq = 0;
  #suspects = 0;
  #lastIntact = 0;

  /** `limit` is where the segment ends by now; it may grow between calls, by whole records. */
  constructor(path: string, identity: SegmentIdentity, limit: () => number) {
    this.#path = path;
    this.#instance = identity.instance;
    this.#seed = segmentSeed(identity);
    this.#limit = limit;
  }

  /** The next intact record, or null at the limit. Throws where the file exists and cannot be opened. */
  next(): SpoolRecord | null {
    const limit = this.#limit();
    while (this.#offset < limit) {
      const record = this.#recordAt(this.#offset, limit);
      if (record) {
        this.#offset += RECORD_HEADER_BYTES + record.payload.length;
        this.#suspects = 0;
        this.#lastIntact = record.seq;
        return record;
      }
      this.#suspects++;
      this.#offset = this.#nextMagic(this.#offset + 1, limit);
    }
    return null;
  }

  /**
   * The last sequence number that the segment held, once `next` has returned null; 0 where it held none. Known from
   * whole headers (each says how many follow in its write); without one, each damaged start behind the last intact
   * record counts as a record.
   */
  lastSeq(firstSeq: number): number {
    const guessed = this.#suspects > 0 ? Math.max(this.#lastIntact, firstSeq - 1) + this.#suspects : this.#lastIntact;
    return Math.max(this.#highestSeq, guessed);
  }

  /** Bytes up to the limit that were not looked at. */
  get unreadBytes(): number {
    return this.#limit() - this.#offset;
  }

  /** Never throws. */
  close(): void {
    if (this.#fd !== null) closeQuietly(this.#fd);
    this.#fd = null;
  }

  #recordAt(offset: number, limit: number): SpoolRecord | null {
    if (!this.#load(offset, RECORD_HEADER_BYTES, limit)) return null;
    const header = decodeHeader(this.#window, offset - this.#windowStart, this.#seed);
    if (!header) return null;
    this.#highestSeq = Math.max(this.#highestSeq, header.seq + header.remaining);
    if (!this.#load(offset, RECORD_HEADER_BYTES + header.length, limit)) return null;
    const start = offset - this.#windowStart + RECORD_HEADER_BYTES;
    const payload = this.#window.subarray(start, start + header.length);
    if (!isIntact(payload, header, this.#seed)) return null;
    const { seq, time, lane } = header;
    return { instance: this.#instance, lane, seq, time, payload: Buffer.from(payload) };
  }

  /** Offset of the next magic from `from` on, or the limit. */
  #nextMagic(from: number, limit: number): number {
    let offset = from;
    while (offset + RECORD_HEADER_BYTES <= limit && this.#load(offset, RECORD_HEADER_BYTES, limit)) {
      const found = this.#window.indexOf(RECORD_MAGIC, offset - this.#windowStart);
      if (found >= 0) return this.#windowStart + found;
      // A magic may lie across the window's end.
      offset = Math.max(offset + 1, this.#windowStart + this.#window.length - RECORD_MAGIC.length + 1);
    }
    return limit;
  }

  /** Makes the window hold `length` bytes from `offset`; false where the segment ends before. */
  #load(offset: number, length: number, limit: number): boolean {
    const inWindow = offset >= this.#windowStart && offset + length <= this.#windowStart + this.#window.length;
    if (inWindow) return true;
    if (offset + length > limit || !this.#open()) return false;
    const wanted = Math.min(Math.max(length, WINDOW_BYTES), limit - offset);
    if (this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafe(wanted);
    const target = this.#buffer.subarray(0, wanted);
    this.#windowStart = offset;
    this.#window = target.subarray(0, this.#read(target, offset));
    return this.#window.length >= length;
  }

  #open(): boolean {
    try {
      this.#fd ??= openForReading(this.#path);
      return true;
    } catch (error) {
      // Gone, or a link put in its place: its records are lost. Anything else (EMFILE, EACCES) may pass.
      if (['ENOENT', 'ELOOP'].includes(errorCode(error))) return false;
      throw error;
    }
  }

  #read(target: Buffer, offset: number): number {
    try {
      return readAt(this.#fd!, target, offset);
    } catch (error) {
      if (errorCode(error) === 'EIO') return readAroundBadBlocks(this.#fd!, target, offset);
      throw error;
    }
  }
}

/** A block that cannot be read is damage like any other: zeros, in which no record is found. */
function readAroundBadBlocks(fd: number, target: Buffer, position: number): number {
  let at = 0;
  while (at < target.length) {
    const block = target.subarray(at, at + BLOCK_BYTES - ((position + at) % BLOCK_BYTES));
    try {
      const count = readAt(fd, block, position + at);
      if (count < block.length) return at + count;
    } catch (error) {
      if (errorCode(error) !== 'EIO') throw error;
      block.fill(0);
    }
    at += block.length;
  }
  return target.length;
}
