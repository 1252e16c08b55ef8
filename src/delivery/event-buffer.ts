import type { JsonValue } from '../event/analytics-event.js';
import type { EventRecord } from './event-record.js';
import { Fifo } from './fifo.js';

// On the hot path: one push is made for every captured event, within the application's call.

/** What an event has beside its own properties: name, person, uuid, time, session, environment and `$lib`. */
const fixedBytes = 500;
/** What an object in a context's properties is taken for: they may hold anything until the drain mends them. */
const unseenBytes = 100;

/** Records between the call that made them and the drain, first in, first out. */
export class EventBuffer {
  /** Rough bytes that its events will have when they are serialised. */
  bytes = 0;
  /** Records that have left it since it was made: numbers them in the order of acceptance. */
  taken = 0;
  private readonly records = new Fifo<EventRecord>();
  private readonly sizes = new Fifo<number>();

  get size(): number {
    return this.records.size;
  }

  push(record: EventRecord, bytes: number): void {
    this.records.push(record);
    this.sizes.push(bytes);
    this.bytes += bytes;
  }

  shift(): EventRecord | undefined {
    const record = this.records.shift();
    if (record === undefined) return undefined;
    this.bytes -= this.sizes.shift() ?? 0;
    this.taken++;
    return record;
  }
}

/** About as many bytes as the record's event will have; reads the values, copies nothing, and never throws. */
export function estimateBytes(record: EventRecord): number {
  try {
    const shared = record.context.properties;
    let { bytes } = record;
    if (bytes === undefined) {
      bytes = fixedBytes + bytesOf(record.properties);
      if (record.measured !== undefined) bytes += bytesOf(record.measured);
    }
    for (const key in shared) {
      const value = shared[key];
      bytes += key.length + 4 + (typeof value === 'object' ? unseenBytes : bytesOf(value));
    }
    return bytes;
  } catch {
    // A getter in a context's properties, or a circle in what should have been a copy.
    return fixedBytes;
  }
}

function bytesOf(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += 1 + bytesOf(item);
  else for (const key in value) bytes += key.length + 4 + bytesOf(value[key]);
  return bytes;
}
