import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import type { Drain } from './drain.js';
import { estimateBytes, type EventBuffer } from './event-buffer.js';
import type { EventRecord } from './event-record.js';
import type { BatchLimit, EventStore } from './event-store.js';
import type { Ledger } from './ledger.js';

const fullKind = 'delivery:full';
/** So many records are not left to wait: drained while they are young, they cost the collector next to nothing. */
const soonAt = 250;
/** The bound counts as left when this share of it is free again: no message for each event at the brim. */
const roomShare = 0.1;

/**
 * The way in: accepts a record while there is room in memory, and refuses the newest when there is none.
 *
 * On the hot path: two comparisons, a push, and a look whether the drain comes by itself.
 */
export class Intake {
  private closed = false;
  private isFull = false;

  constructor(
    private readonly limit: BatchLimit,
    private readonly buffer: EventBuffer,
    private readonly store: EventStore,
    private readonly drain: Drain,
    private readonly ledger: Ledger,
    private readonly reporter: Reporter,
  ) {}

  record(record: EventRecord): boolean {
    if (this.closed) {
      this.ledger.refuse('closed', record);
      return false;
    }
    const bytes = estimateBytes(record);
    if (this.events >= this.limit.events || this.bytes + bytes > this.limit.bytes) {
      this.refuse(record);
      return false;
    }
    this.buffer.push(record, bytes);
    this.ledger.accepted++;
    if (!this.drain.scheduled) this.drain.schedule();
    else if (this.buffer.size === soonAt) this.drain.soon();
    if (this.buffer.size >= this.store.mostRecorded) this.drain.all();
    return true;
  }

  /** Says so when there is room again after there was none. */
  checkRoom(): void {
    if (!this.isFull) return;
    const share = 1 - roomShare;
    if (this.events > this.limit.events * share || this.bytes > this.limit.bytes * share) return;
    this.isFull = false;
    this.reporter.troubleEnds(fullKind, messages.bufferHasRoom());
  }

  close(): void {
    this.closed = true;
  }

  private get events(): number {
    return this.buffer.size + this.drain.inHand + this.store.eventsInMemory;
  }

  private get bytes(): number {
    return this.buffer.bytes + this.store.bytesInMemory;
  }

  private refuse(record: EventRecord): void {
    this.ledger.refuse('buffer_full', record);
    if (this.isFull) return;
    this.isFull = true;
    this.reporter.troubleBegins(fullKind, messages.bufferFull(this.events, this.bytes));
  }
}
