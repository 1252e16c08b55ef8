import { closeSync, fdatasyncSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { createFile, openInPlace, readStart, writeWhole } from './safe-files.js';
import type { SeqRange } from './seq-ranges.js';
import { errorCode } from './spool-write-error.js';

/*
 * Two slots, written in turn and in place: a torn write leaves the other slot, and a full disk can still be drained,
 * because nothing has to be allocated. A slot, little endian:
 *
 *  0  4  CRC-32 of what follows, ranges included
 *  4  6  generation: the higher of two whole slots counts
 * 10  6  last sequence number written
 * 16  2  number of ranges
 * 18     ranges of settled records: first, last, 6 bytes each
 */

const SLOT_BYTES = 4096;
const HEAD_BYTES = 18;
const MAX_RANGES = Math.floor((SLOT_BYTES - HEAD_BYTES) / 12);

export interface CursorState {
  readonly lastSeq: number;
  /** Settled records, in order. What does not fit is left out and read again after a crash. */
  readonly settled: readonly SeqRange[];
}

export interface SavedCursor extends CursorState {
  readonly generation: number;
}

const nothing: CursorState = { lastSeq: 0, settled: [] };

/** Creates the file at its full size, with this state in both slots. Where that fails, a part of it may be left. */
export function createCursorFile(path: string, state = nothing, generation = 0): void {
  const fd = createFile(path);
  try {
    const slot = encodeSlot(state, generation);
    writeWhole(fd, Buffer.concat([slot, slot]), 0);
  } finally {
    closeSync(fd);
  }
}

/** Writes the slot of this generation. The file must exist. */
export function writeCursorFile(path: string, state: CursorState, generation: number, fsync: boolean): void {
  const fd = openInPlace(path);
  try {
    writeWhole(fd, encodeSlot(state, generation), (generation % 2) * SLOT_BYTES);
    if (fsync) fdatasyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The newer whole slot; null where the file is missing or neither is whole. */
export function readCursorFile(path: string): SavedCursor | null {
  let bytes: Buffer;
  try {
    bytes = readStart(path, 2 * SLOT_BYTES);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'EIO'].includes(errorCode(error))) return null;
    throw error;
  }
  const slots = [decodeSlot(bytes.subarray(0, SLOT_BYTES)), decodeSlot(bytes.subarray(SLOT_BYTES))];
  return slots.reduce((best, slot) => (slot && (!best || slot.generation > best.generation) ? slot : best));
}

function encodeSlot(state: CursorState, generation: number): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  const ranges = state.settled.slice(0, MAX_RANGES);
  slot.writeUIntLE(generation, 4, 6);
  slot.writeUIntLE(state.lastSeq, 10, 6);
  slot.writeUInt16LE(ranges.length, 16);
  ranges.forEach((range, index) => {
    slot.writeUIntLE(range.first, HEAD_BYTES + 12 * index, 6);
    slot.writeUIntLE(range.last, HEAD_BYTES + 12 * index + 6, 6);
  });
  slot.writeUInt32LE(crc32(slot.subarray(4)), 0);
  return slot;
}

function decodeSlot(slot: Buffer): SavedCursor | null {
  if (slot.length < SLOT_BYTES || crc32(slot.subarray(4)) !== slot.readUInt32LE(0)) return null;
  const settled: SeqRange[] = [];
  for (let index = 0; index < slot.readUInt16LE(16); index++) {
    const at = HEAD_BYTES + 12 * index;
    settled.push({ first: slot.readUIntLE(at, 6), last: slot.readUIntLE(at + 6, 6) });
  }
  return { generation: slot.readUIntLE(4, 6), lastSeq: slot.readUIntLE(10, 6), settled };
}
