import type { Segment } from './segment-list.js';
import { SegmentScanner } from './segment-scanner.js';
import type { SeqRange } from './seq-ranges.js';
import type { SpoolRecord } from './spool-record.js';

interface Writer {
  readonly destination: string;
  readonly instance: string;
}

/**
 * The intact records of a segment, one by one. The generator returns the last number that the segment held, its torn
 * tail included; the one before its first where it held none.
 */
export function* recordsOf(segment: Segment, { destination, instance }: Writer): Generator<SpoolRecord, number> {
  const identity = { destination, instance, firstSeq: segment.firstSeq };
  const scanner = new SegmentScanner(segment.path, identity, () => segment.bytes);
  try {
    for (let record = scanner.next(); record; record = scanner.next()) yield record;
  } finally {
    scanner.close();
  }
  return Math.max(segment.firstSeq - 1, scanner.lastSeq(segment.firstSeq));
}

/** The last number that the segment held; 0 where there is none. */
export function lastSeqOf(segment: Segment | undefined, writer: Writer): number {
  if (!segment) return 0;
  const records = recordsOf(segment, writer);
  for (;;) {
    const step = records.next();
    if (step.done) return step.value;
  }
}

/** The intact records of these ranges. */
export function readRanges(segment: Segment, writer: Writer, ranges: readonly SeqRange[]): SpoolRecord[] {
  const isWanted = (seq: number): boolean => ranges.some((range) => range.first <= seq && seq <= range.last);
  const records: SpoolRecord[] = [];
  for (const record of recordsOf(segment, writer)) {
    if (isWanted(record.seq)) records.push(record);
  }
  return records;
}
