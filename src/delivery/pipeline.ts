import { AsyncResource } from 'node:async_hooks';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Clock } from '../event/clock.js';
import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import type { BatchSender } from './batch-sender.js';
import { Circuit } from './circuit.js';
import { Courier } from './courier.js';
import type { AnalyticsStats, Delivery, FlushResult, RefusalReason, RefusedCall } from './delivery.js';
import { Drain, type Prepare } from './drain.js';
import { EventBuffer } from './event-buffer.js';
import type { EventRecord } from './event-record.js';
import type { EventSink } from './event-sink.js';
import { lanes, type EventStore, type StoredEvent } from './event-store.js';
import { Intake } from './intake.js';
import { Ledger, type OnDrop } from './ledger.js';
import { MemoryStore } from './memory-store.js';
import { Outbox } from './outbox.js';
import { pipelineStats } from './pipeline-stats.js';
import { longestTimerMs, Progress } from './progress.js';
import { StoreBooks } from './store-books.js';
import { Taps } from './taps.js';

export interface PipelineOptions {
  /** Makes the event of a record, or says why it is dropped. */
  readonly prepare: Prepare;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** 0 to 1, for the spread of retries. @default Math.random */
  readonly random?: () => number;
  /**
   * Who owns delivery. Absent (no key, taps only): an event counts as delivered when the taps were given it.
   */
  readonly sender?: BatchSender | undefined;
  /** Where prepared events wait. @default the memory */
  readonly store?: EventStore | undefined;
  /** Events that may be pending in memory; the newest are refused beyond. @default 100,000 */
  readonly maxPending?: number;
  /** Bytes that they may have, about. @default 64,000,000 */
  readonly maxPendingBytes?: number;
  /** How long events wait for a batch to fill, milliseconds. @default 1,000 */
  readonly flushIntervalMs?: number;
  /** Called once for each accepted event that is dropped or dead. */
  readonly onDrop?: OnDrop | undefined;
}

/** Delivery from the recorded call to PostHog's answer. Nothing in it throws. */
export class Pipeline implements Delivery {
  private readonly buffer = new EventBuffer();
  // Made at bootstrap: what happens here belongs to no request.
  private readonly root = new AsyncResource('nestjs-agent-analytics:delivery');
  private readonly progress = new Progress();
  private readonly ledger: Ledger;
  private readonly taps: Taps;
  private readonly store: EventStore;
  private readonly drainer: Drain;
  private readonly intake: Intake;
  private readonly couriers: readonly Courier[];
  private readonly books: StoreBooks;
  /** How many wait for what is pending. */
  private waiters = 0;
  private closed = false;

  constructor(private readonly options: PipelineOptions) {
    const { clock, reporter, prepare, sender, random = Math.random, flushIntervalMs = 1_000 } = options;
    const limit = { events: options.maxPending ?? 100_000, bytes: options.maxPendingBytes ?? 64_000_000 };
    this.ledger = new Ledger(reporter, options.onDrop);
    this.taps = new Taps(reporter);
    const store: EventStore = options.store ?? new MemoryStore(limit);
    this.store = store;
    const takeOver = this.takeOver.bind(this);
    this.drainer = new Drain(this.buffer, prepare, takeOver, this.ledger, clock, this.root);
    this.intake = new Intake(limit, this.buffer, store, this.drainer, this.ledger, reporter);
    const [onAnswer, moreComes] = [() => this.changed(), () => this.buffer.size > 0];
    const common = { ledger: this.ledger, reporter, clock, flushIntervalMs, onAnswer, moreComes };
    this.couriers = (sender ? lanes : []).map((lane) => {
      const parts = { lane, outbox: new Outbox(store, lane), circuit: new Circuit(clock, random) };
      return new Courier({ ...common, ...parts, sender: sender as BatchSender });
    });
    this.books = new StoreBooks(this.ledger, this.root, () => this.pump());
    if (sender) store.open?.(this.books);
  }

  record(record: EventRecord): boolean {
    return this.intake.record(record);
  }

  refuse(reason: RefusalReason, about?: RefusedCall): void {
    this.ledger.refuse(reason, about);
  }

  drain(): void {
    this.drainer.all();
  }

  tap(sink: EventSink): () => void {
    return this.taps.add(sink);
  }

  /**
   * Resolves when all that was accepted before the call has left, or `timeoutMs` are over (5,000 by default), or at
   * once where nothing can leave for now (held, in backoff). Never rejects.
   */
  async flush(options?: { timeoutMs?: number | undefined }): Promise<FlushResult> {
    // `null` too, from code without types.
    const timeoutMs = options?.timeoutMs ?? 5_000;
    const { delivered } = this.ledger;
    const watch = this.ledger.watch();
    const isStuck = () => this.buffer.size === 0 && !this.couriers.some((courier) => courier.isMoving);
    await this.waitUntil(
      () => watch.left === 0 || isStuck(),
      timeoutMs,
      (courier) => courier.pump(),
    );
    watch.end();
    return { delivered: this.ledger.delivered - delivered, pending: watch.left };
  }

  /**
   * The process is about to leave: sends what is pending, with short pauses between attempts, until all is gone, or
   * nothing can come of it in the time that is left. Goes on accepting. Never rejects.
   */
  async leave(timeoutMs: number): Promise<FlushResult> {
    const { delivered } = this.ledger;
    const deadline = this.options.clock.monotonic() + timeoutMs;
    const isOver = () => {
      const leftMs = deadline - this.options.clock.monotonic();
      return this.buffer.size === 0 && !this.couriers.some((courier) => courier.canMoveWithin(leftMs));
    };
    // The clock's timers keep no process alive, and between two attempts nothing else may.
    const hold = setTimeout(() => undefined, Math.min(timeoutMs, longestTimerMs));
    await this.waitUntil(isOver, timeoutMs, (courier) => courier.leave());
    clearTimeout(hold);
    return { delivered: this.ledger.delivered - delivered, pending: this.stats().pending.total };
  }

  /**
   * Ends delivery, at once and synchronously: later events are refused; what is pending stays in the spool, or, without
   * one, is dropped, and one line says how many; connections and timers are closed. May be called in an `exit`
   * handler. Returns how many were dropped.
   */
  close(): number {
    if (this.closed) return 0;
    this.intake.close();
    this.drainer.allNow();
    this.closed = true;
    for (const courier of this.couriers) courier.close();
    const lost = this.store.close(this.couriers.flatMap((courier) => courier.outbox.releaseTaken()));
    this.ledger.drop(lost, 'shutdown');
    this.books.tell();
    // Ended from within `beforeSend`, one is still in its hands.
    const left = lost.length + this.drainer.stop() + this.drainer.inHand;
    if (left > 0) this.options.reporter.warnOnce(messages.leftAtClose(left));
    this.options.sender?.close();
    this.changed();
    return left;
  }

  stats(): AnalyticsStats {
    const { buffer, drainer, couriers, ledger, closed } = this;
    return pipelineStats({ buffer, drain: drainer, couriers, ledger, closed, now: this.options.clock.now() });
  }

  /** Takes over a slice of the drain: stored first, then shown. */
  private takeOver(stored: StoredEvent[], events: AnalyticsEvent[]): void {
    if (this.closed) return this.ledger.drop(stored, 'shutdown');
    const isOwned = this.couriers.length > 0;
    const dropped = isOwned ? this.store.append(stored) : [];
    if (dropped.length > 0) {
      this.ledger.drop(dropped, 'queue_full');
      this.options.reporter.warnOnce(messages.queueFull());
    }
    if (!isOwned) this.ledger.deliver(stored);
    if (events.length > 0) this.taps.write(events);
    this.pump();
  }

  private pump(): void {
    for (const courier of this.couriers) courier.pump();
    this.changed();
  }

  /** Waits; while anybody does, nothing waits for a batch to fill. */
  private async waitUntil(isOver: () => boolean, timeoutMs: number, start: (courier: Courier) => void): Promise<void> {
    this.press(1);
    this.root.runInAsyncScope(() => {
      this.drainer.hurry();
      this.couriers.forEach(start);
    });
    await this.progress.until(isOver, timeoutMs, this.options.clock);
    this.press(-1);
  }

  private press(by: number): void {
    this.waiters += by;
    for (const courier of this.couriers) courier.pressing = this.waiters > 0;
  }

  private changed(): void {
    this.intake.checkRoom();
    this.progress.check();
  }
}
