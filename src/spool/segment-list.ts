import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSegmentHeader, firstSeqOf, SEGMENT_HEADER_BYTES, type DecodedSegmentHeader } from './segment-format.js';
import { readStart } from './safe-files.js';

/** A segment file of one lane, as the process that reads it knows it. */
export interface Segment {
  readonly path: string;
  readonly firstSeq: number;
  readonly createdAt: number;
  /** Up to where it holds whole writes. */
  bytes: number;
  /** Nothing more is written to it. */
  sealed: boolean;
}

/** The segments in a lane's folder, in order of sequence. A missing folder has none. */
export function listSegments(folder: string): Segment[] {
  return segmentFiles(folder).map(({ path, firstSeq }) => {
    const stats = lstatSync(path);
    return { path, firstSeq, bytes: stats.size, createdAt: headerTime(path) ?? stats.mtimeMs, sealed: true };
  });
}

/** Paths of the lane's segment files, in order of sequence. */
export function segmentFiles(folder: string): { path: string; firstSeq: number }[] {
  const names = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const firstSeq = firstSeqOf(name);
    return firstSeq === null ? [] : [{ path: join(folder, name), firstSeq }];
  });
}

/** The last sequence number of the segment at `index`; `lastSeq` is the lane's. */
export function endOf(segments: readonly Segment[], index: number, lastSeq: number): number {
  const next = segments[index + 1];
  return next ? next.firstSeq - 1 : lastSeq;
}

/** The header of a segment file. */
export function readSegmentHeader(path: string): DecodedSegmentHeader {
  return decodeSegmentHeader(readStart(path, SEGMENT_HEADER_BYTES));
}

function headerTime(path: string): number | null {
  const decoded = readSegmentHeader(path);
  return decoded.status === 'ok' ? decoded.header.createdAt : null;
}
