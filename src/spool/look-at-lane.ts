import { join } from 'node:path';
import { readCursorFile } from './cursor-file.js';
import { recordsOf } from './segment-contents.js';
import { endOf, listSegments, readSegmentHeader, type Segment } from './segment-list.js';
import { countOf, SeqRanges } from './seq-ranges.js';
import { CURSOR_FILE } from './lane-cursor.js';
import type { SpoolRecord } from './spool-record.js';
import { errorCode } from './spool-write-error.js';

/** What a lane holds. */
export interface LaneLook {
  readonly segments: number;
  readonly bytes: number;
  readonly destinations: readonly string[];
  readonly pending: number;
  readonly damaged: number;
  readonly newerSegments: number;
  readonly unreadableSegments: number;
  readonly oldestTime: number | null;
}

export interface LanePlace {
  readonly folder: string;
  readonly instance: string;
  /** The owner's; stands in where a segment's header is damaged. */
  readonly destination: string | null;
  /** Whether it is being written to: its end may be half a write then, which is no damage. */
  readonly isLive: boolean;
}

/** Reads a lane once, without a trace; it may be written to, read and deleted meanwhile. */
export function lookAtLane(place: LanePlace, visit: (record: SpoolRecord, destination: string) => void): LaneLook {
  const cursorPath = join(place.folder, CURSOR_FILE);
  const saved = readCursorFile(cursorPath);
  const settled = new SeqRanges(saved?.settled ?? []);
  const segments = list(place.folder);
  const seen = new SeqRanges(settled.ranges);
  const destinations = new Set<string>();
  const skipped = { newer: 0, unreadable: 0 };
  let pending = 0;
  let oldestTime: number | null = null;
  let last = saved?.lastSeq ?? 0;
  segments.forEach((segment, index) => {
    const end = index < segments.length - 1 ? endOf(segments, index, 0) : Infinity;
    const destination = destinationOf(segment, place);
    if (destination === 'newer' || destination === 'unreadable') {
      skipped[destination]++;
      seen.add(segment.firstSeq, Number.isFinite(end) ? end : last);
      return;
    }
    destinations.add(destination.name);
    const tail = eachRecord(segment, { destination: destination.name, instance: place.instance }, (record) => {
      if (record.seq > end) return;
      last = Math.max(last, record.seq);
      if (seen.has(record.seq)) return;
      seen.add(record.seq);
      pending++;
      oldestTime = Math.min(oldestTime ?? Infinity, record.time);
      visit(record, destination.name);
    });
    if (!place.isLive && end === Infinity) last = Math.max(last, tail);
  });
  // What was settled while we read may have been deleted before we came to it.
  for (const range of readCursorFile(cursorPath)?.settled ?? []) seen.add(range.first, range.last);
  const damaged = countOf(seen.missingIn(saved ? 1 : (segments[0]?.firstSeq ?? 1), last));
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const { newer: newerSegments, unreadable: unreadableSegments } = skipped;
  const counts = { segments: segments.length, bytes, pending, damaged, newerSegments, unreadableSegments };
  return { ...counts, destinations: [...destinations], oldestTime };
}

function eachRecord(
  segment: Segment,
  writer: { destination: string; instance: string },
  visit: (record: SpoolRecord) => void,
): number {
  const records = recordsOf(segment, writer);
  for (;;) {
    const step = records.next();
    if (step.done) return step.value;
    visit(step.value);
  }
}

function destinationOf(segment: Segment, place: LanePlace): { name: string } | 'newer' | 'unreadable' {
  const decoded = ifThere(() => readSegmentHeader(segment.path));
  if (decoded?.status === 'newer') return 'newer';
  if (decoded?.status === 'ok') {
    return decoded.header.instance === place.instance ? { name: decoded.header.destination } : 'unreadable';
  }
  return place.destination === null ? 'unreadable' : { name: place.destination };
}

/** A segment that is deleted between listing and reading makes the listing fail: look again, the lane has shrunk. */
function list(folder: string): Segment[] {
  for (let attempt = 0; attempt < 100; attempt++) {
    const segments = ifThere(() => listSegments(folder));
    if (segments) return segments;
  }
  return [];
}

function ifThere<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
