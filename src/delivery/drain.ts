import type { AsyncResource } from 'node:async_hooks';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Clock, TimerHandle } from '../event/clock.js';
import type { DropReason } from './delivery.js';
import type { EventBuffer } from './event-buffer.js';
import type { EventRecord } from './event-record.js';
import type { StoredEvent } from './event-store.js';
import type { Ledger } from './ledger.js';
import type { PreparedEvent } from './prepare-event.js';

export type Prepare = (record: EventRecord) => PreparedEvent | DropReason;

/** Records wait at most this long while the event loop is free. */
const delayMs = 10;
/** A drain gives the event loop back after this long. */
const sliceMs = 3;
/** Records between two looks at the clock. */
const stride = 16;

interface Hand {
  readonly stored: StoredEvent[];
  readonly events: AnalyticsEvent[];
}

/** Where a slice of prepared events goes: to be stored, and to be shown to the taps. */
export type Prepared = (stored: StoredEvent[], events: AnalyticsEvent[]) => void;

/**
 * Makes events of records, in slices of a few milliseconds, in the root async context: what `beforeSend`, taps and
 * sockets carry with them must not be the request that happened to come first. No timer stands while nothing waits.
 */
export class Drain {
  /** Records that have left the buffer and are not stored yet. */
  inHand = 0;
  private timer: TimerHandle | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private running = false;
  private waitingSince = 0;
  /** What the slice under way has prepared. */
  private hand: Hand = { stored: [], events: [] };

  constructor(
    private readonly buffer: EventBuffer,
    private readonly prepare: Prepare,
    private readonly prepared: Prepared,
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly root: AsyncResource,
  ) {}

  /** Whether it will come by itself; looked at on the hot path before `schedule`. */
  get scheduled(): boolean {
    return this.timer !== undefined || this.immediate !== undefined;
  }

  /** When the oldest record came, about; milliseconds since 1970. */
  get oldest(): number {
    return this.buffer.size === 0 ? Infinity : this.waitingSince;
  }

  schedule(): void {
    this.waitingSince = this.clock.now();
    this.timer = this.clock.setTimer(this.onTimer, delayMs);
  }

  /** Begins with the next turn of the event loop. */
  soon(): void {
    this.immediate ??= setImmediate(this.onImmediate);
  }

  /** Begins now instead of in a moment; what a slice does not get through follows at once. */
  hurry(): void {
    if (this.buffer.size > 0 && !this.running) this.root.runInAsyncScope(this.slice);
  }

  /** Prepares all that is recorded by now, in this call; not from within a slice, which goes on by itself. */
  all(): void {
    if (!this.running) this.root.runInAsyncScope(() => this.run(this.buffer.size, Infinity));
  }

  /** The same from within a slice too: `beforeSend` or a tap may end the process, and then no slice goes on. */
  allNow(): void {
    this.root.runInAsyncScope(() => {
      if (this.running) this.handOver();
      this.run(this.buffer.size, Infinity);
    });
  }

  /**
   * Ends it, and drops what is still recorded: nothing, unless it is ended from within (by a tap, say, that ends the
   * process). Returns how many that were.
   */
  stop(): number {
    this.unschedule();
    const left = this.buffer.size;
    for (let record = this.buffer.shift(); record; record = this.buffer.shift()) {
      this.ledger.dropRecord(record, this.buffer.taken, 'shutdown');
    }
    return left;
  }

  private readonly onTimer = (): void => {
    this.timer = undefined;
    this.hurry();
  };

  private readonly onImmediate = (): void => {
    this.immediate = undefined;
    this.hurry();
  };

  private readonly slice = (): void => {
    this.run(Infinity, this.clock.monotonic() + sliceMs);
    // Referenced, unlike the timer: whoever awaits a flush at the end of a script waits for this.
    if (this.buffer.size > 0) this.immediate ??= setImmediate(this.onImmediate);
  };

  /** Prepares records until so many are done, or the time is up. */
  private run(most: number, until: number): void {
    const wasRunning = this.running;
    this.running = true;
    try {
      for (let done = 0; done < most; done++) {
        if (done % stride === stride - 1 && this.clock.monotonic() >= until) break;
        const record = this.buffer.shift();
        if (record === undefined) break;
        this.inHand++;
        this.prepareOne(record);
      }
      this.handOver();
    } finally {
      this.running = wasRunning;
    }
    if (this.buffer.size === 0) this.unschedule();
  }

  private handOver(): void {
    const { stored, events } = this.hand;
    this.hand = { stored: [], events: [] };
    this.inHand -= stored.length;
    this.prepared(stored, events);
  }

  private unschedule(): void {
    this.timer?.cancel();
    if (this.immediate) clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }

  private prepareOne(record: EventRecord): void {
    const order = this.buffer.taken;
    const prepared = this.tryPrepare(record);
    if (typeof prepared === 'string') {
      this.inHand--;
      this.ledger.dropRecord(record, order, prepared);
      return;
    }
    const { json, bytes, lane, source } = prepared;
    this.ledger.prepared(prepared);
    this.hand.events.push(prepared.event);
    this.hand.stored.push({ json, bytes, lane, order, acceptedAt: this.waitingSince, source });
  }

  private tryPrepare(record: EventRecord): ReturnType<Prepare> {
    try {
      return this.prepare(record);
    } catch {
      return 'unserialisable';
    }
  }
}
