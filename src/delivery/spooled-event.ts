import type { SpoolRecord } from '../spool/spool-record.js';
import { lanes, type Lane, type StoredEvent } from './event-store.js';

/** The number of a lane in the spool: its place in the list of lanes. */
export function laneNumber(lane: Lane): number {
  return lanes.indexOf(lane);
}

const newline = 0x0a;

/** An event that was read back from the spool, with the record by which the spool knows it. */
export class SpooledEvent implements StoredEvent {
  constructor(
    readonly record: SpoolRecord,
    readonly json: string,
    readonly bytes: number,
    readonly lane: Lane,
    readonly order: number,
    readonly acceptedAt: number,
    readonly source: string | undefined,
  ) {}
}

/** A record's payload: a line of order (empty: another process accepted it), time and source, then the event's bytes. */
export function spoolPayload({ order, acceptedAt, source, json }: StoredEvent): string {
  const place = order === Infinity ? '' : order;
  return `${place} ${acceptedAt} ${source?.replaceAll('\n', ' ') ?? ''}\n${json}`;
}

/**
 * The event of a record; `undefined` for a payload that no version of this library wrote. `isOwn`: this process did,
 * so that its order still means something.
 */
export function readSpooled(record: SpoolRecord, isOwn: boolean): SpooledEvent | undefined {
  const { payload, lane: number } = record;
  const lane = lanes[number];
  const end = payload.indexOf(newline);
  if (end < 0 || lane === undefined) return undefined;
  // A source may hold what `.` alone takes for the end of a line.
  const match = /^(\d*) (\d+) (.*)$/s.exec(payload.toString('utf8', 0, end));
  if (match === null) return undefined;
  const [, place = '', acceptedAt, source] = match;
  const order = isOwn && place !== '' ? Number(place) : Infinity;
  const json = payload.toString('utf8', end + 1);
  return new SpooledEvent(record, json, payload.length - end - 1, lane, order, Number(acceptedAt), source || undefined);
}
