import { MAX_PAYLOAD_BYTES, RECORD_HEADER_BYTES, recordBytes } from './record-format.js';
import { SEGMENT_HEADER_BYTES } from './segment-format.js';
import { countOf, type SeqRange } from './seq-ranges.js';
import type { SpoolLane } from './spool-lane.js';
import type { SpoolSettings } from './spool-options.js';
import type { SpoolRecord } from './spool-record.js';

/** What one call drops is held for whoever is told of it, up to this; the rest is only counted. */
const MOST_HELD_BYTES = 8 * 1024 * 1024;

/** Keeps the spool within its bytes and its age; whatever goes for it is told. */
export class SpoolBounds {
  readonly #settings: SpoolSettings;

  constructor(settings: SpoolSettings) {
    this.#settings = settings;
  }

  /**
   * Makes room as the setting says; how many of the payloads, from the first on, may be appended. Throws RangeError
   * for one that is too large for the format.
   */
  admit(payloads: readonly (string | Buffer)[], lanes: readonly SpoolLane[], seal: (lane: SpoolLane) => void): number {
    const { maxBytes, dropsOldest } = this.#settings;
    const wanted = payloads.reduce((sum, payload) => sum + checkedBytes(payload), SEGMENT_HEADER_BYTES);
    // What an empty spool would not hold must push nothing out.
    if (wanted > maxBytes) {
      const fitting = countThatFits(payloads, maxBytes - SEGMENT_HEADER_BYTES);
      return fitting === 0 ? 0 : this.admit(payloads.slice(0, fitting), lanes, seal);
    }
    let free = maxBytes - lanes.reduce((sum, lane) => sum + lane.bytes, 0);
    let held = 0;
    while (free < wanted) {
      const candidates = dropsOldest ? lanes : lanes.filter(({ pending }) => pending === 0);
      const oldest = laneOfOldestSegment(candidates);
      if (!oldest) break;
      seal(oldest);
      const { bytes } = oldest.segments[0]!;
      free += bytes;
      const isHeld = held === 0 || held + bytes <= MOST_HELD_BYTES;
      if (isHeld) held += bytes;
      this.#dropFirstSegment(oldest, 'queue_full', isHeld);
    }
    return free >= wanted ? payloads.length : countThatFits(payloads, free - SEGMENT_HEADER_BYTES);
  }

  /** Drops what is older than the limit, of one segment: not all is in memory at once. Whether there may be more. */
  expire(lanes: readonly SpoolLane[]): boolean {
    const limit = this.#settings.now() - this.#settings.maxAgeMs;
    // All of a segment is older than the beginning of the next.
    const old = lanes.find((lane) => (lane.segments[1]?.createdAt ?? Infinity) < limit);
    if (old) this.#dropFirstSegment(old, 'expired', true);
    else for (const lane of lanes) this.#expireFirst(lane, limit);
    return old !== undefined;
  }

  #expireFirst(lane: SpoolLane, limit: number): void {
    const records = lane.expire(limit);
    this.#tell(
      lane,
      'expired',
      records.map(({ seq }) => ({ first: seq, last: seq })),
      records,
    );
  }

  #dropFirstSegment(lane: SpoolLane, reason: 'queue_full' | 'expired', isHeld: boolean): void {
    const { ranges, records } = lane.dropFirstSegment(this.#settings.keepDropped && isHeld);
    this.#tell(lane, reason, ranges, records);
  }

  #tell(lane: SpoolLane, reason: 'queue_full' | 'expired', ranges: SeqRange[], records: readonly SpoolRecord[]): void {
    const count = countOf(ranges);
    if (count === 0) return;
    const kept = this.#settings.keepDropped ? records : [];
    this.#settings.notify({
      kind: 'dropped',
      reason,
      instance: lane.instance,
      lane: lane.lane,
      count,
      ranges,
      records: kept,
    });
  }
}

function checkedBytes(payload: string | Buffer): number {
  const bytes = recordBytes(payload);
  if (bytes <= RECORD_HEADER_BYTES + MAX_PAYLOAD_BYTES) return bytes;
  throw new RangeError(`a payload has ${bytes} bytes, at most ${MAX_PAYLOAD_BYTES} are possible`);
}

function laneOfOldestSegment(lanes: readonly SpoolLane[]): SpoolLane | null {
  return lanes.reduce<SpoolLane | null>((oldest, lane) => {
    const created = lane.segments[0]?.createdAt;
    if (created === undefined) return oldest;
    return oldest && oldest.segments[0]!.createdAt <= created ? oldest : lane;
  }, null);
}

function countThatFits(payloads: readonly (string | Buffer)[], bytes: number): number {
  let free = bytes;
  const refused = payloads.findIndex((payload) => (free -= recordBytes(payload)) < 0);
  return refused < 0 ? payloads.length : refused;
}
