import { randomBytes } from 'node:crypto';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import { EventsByUuid, isFinal } from './events-by-uuid.js';
import type { Fate, StoredEvent } from './stored-event.js';

/** What a stored event costs beside its text, in bytes. */
const OVERHEAD = 400;

/** What is new since a version of the store. */
export interface StoreChange {
  readonly version: number;
  readonly added: readonly StoredEvent[];
  readonly changed: readonly StoredEvent[];
  /** Whether events came after that version that are gone already. */
  readonly hasGap: boolean;
  readonly clearedThrough: number;
}

/**
 * The newest events, bounded by count and by bytes; the oldest go first.
 *
 * Each change has a version, and an event's `seq` is the version of its arrival: whoever knows a version can be told
 * exactly what it lacks, so a reader needs no buffer of its own.
 */
export class EventStore {
  /** Names this store: another process begins again at 1. */
  readonly boot = randomBytes(6).toString('hex');
  private readonly listeners = new Set<() => void>();
  private events: StoredEvent[] = [];
  private bytes = 0;
  private now = 0;
  private clearedThrough = 0;
  /** `seq` of the newest event that had to make room. */
  private evictedThrough = 0;
  private readonly byUuid = new EventsByUuid();

  constructor(
    readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {}

  /** Calls the listener after each change, until the function returned is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get version(): number {
    return this.now;
  }

  /** The version in a place that is written `<boot>.<version>`; 0, the beginning, where it is another store's or none. */
  versionOf(place: string | undefined): number {
    const [boot, version] = (place ?? '').split('.');
    const known = Number(version);
    return boot === this.boot && Number.isSafeInteger(known) && known >= 0 ? known : 0;
  }

  get size(): number {
    return this.events.length;
  }

  /** `seq` of the oldest event; the next one's where there is none. */
  get oldest(): number {
    return this.events[0]?.seq ?? this.now + 1;
  }

  get usedBytes(): number {
    return this.bytes;
  }

  add(event: AnalyticsEvent, source: string | null = null): StoredEvent {
    return this.insert(event, { isStub: false, fate: 'pending', reason: null, source });
  }

  /** An event that was dropped before it was made: only its name is known. */
  addStub(event: AnalyticsEvent, reason: string, source: string | null): StoredEvent {
    return this.insert(event, { isStub: true, fate: 'dropped', reason, source });
  }

  /** The newest event with this uuid. */
  find(uuid: string): StoredEvent | undefined {
    return this.byUuid.find(uuid);
  }

  /** Of several with this id the first whose fate is open, or the last. */
  findOpen(uuid: string): StoredEvent | undefined {
    return this.byUuid.findOpen(uuid);
  }

  get(seq: number): StoredEvent | undefined {
    const index = this.indexAfter(seq - 1);
    const event = this.events[index];
    return event?.seq === seq ? event : undefined;
  }

  /** Notes what became of an event. What is settled stays so: a late "held" does not undo "delivered". */
  settle(event: StoredEvent, fate: Fate, reason: string | null, source: string | null): void {
    const isNewSource = source !== null && event.source === null;
    const isNewFate = (isFinal(fate) || !isFinal(event.fate)) && (event.fate !== fate || event.reason !== reason);
    if (!isNewSource && !isNewFate) return;
    if (isNewSource) event.source = source;
    if (isNewFate) {
      event.fate = fate;
      event.reason = reason;
    }
    event.changed = ++this.now;
    this.tellChange();
  }

  /** Up to `limit` events before `before` (exclusive), newest first. */
  newest(limit: number, before: number = Infinity): StoredEvent[] {
    const end = before === Infinity ? this.events.length : this.indexAfter(before - 1);
    return this.events.slice(Math.max(0, end - limit), end).reverse();
  }

  /** Up to `limit` events after `after` (exclusive), oldest first. */
  following(after: number, limit: number): StoredEvent[] {
    const start = this.indexAfter(after);
    return this.events.slice(start, start + limit);
  }

  /** What has changed since `version`; at most `limit` new events, the rest with the next call. */
  since(version: number, limit: number): StoreChange {
    const added = this.following(version, limit);
    const lastAdded = added.at(-1);
    const through = added.length === limit && lastAdded !== undefined ? lastAdded.seq : this.now;
    return {
      version: through,
      added,
      changed: this.events.filter((event) => event.seq <= version && event.changed > version),
      hasGap: this.evictedThrough > version && this.evictedThrough > this.clearedThrough,
      clearedThrough: this.clearedThrough > version ? this.clearedThrough : 0,
    };
  }

  clear(): void {
    this.clearedThrough = ++this.now;
    this.events = [];
    this.bytes = 0;
    this.byUuid.clear();
    this.tellChange();
  }

  private insert(
    event: AnalyticsEvent,
    given: Pick<StoredEvent, 'isStub' | 'fate' | 'reason' | 'source'>,
  ): StoredEvent {
    const json = JSON.stringify(event);
    const seq = ++this.now;
    const bytes = Buffer.byteLength(json) + OVERHEAD;
    const isRetold = this.byUuid.has(event.uuid);
    const stored: StoredEvent = { seq, changed: seq, uuid: event.uuid, json, bytes, isRetold, ...given };
    this.events.push(stored);
    this.byUuid.add(stored);
    this.bytes += bytes;
    while (this.size > this.maxEvents || (this.bytes > this.maxBytes && this.size > 1)) this.evictOldest();
    this.tellChange();
    return stored;
  }

  private tellChange(): void {
    for (const listener of this.listeners) listener();
  }

  private evictOldest(): void {
    const oldest = this.events.shift();
    if (oldest === undefined) return;
    this.bytes -= oldest.bytes;
    this.evictedThrough = oldest.seq;
    this.byUuid.removeOldest(oldest);
  }

  /** Index of the first event whose `seq` is greater. */
  private indexAfter(seq: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
