import { ClockJumps } from './clock-jumps.js';
import { DiskQueue, type DiskQueueOptions } from './disk-queue.js';
import {
  lanes,
  type BatchLimit,
  type EventStore,
  type Lane,
  type StoredEvent,
  type StoreObserver,
} from './event-store.js';
import { MemoryStore } from './memory-store.js';
import { SpooledEvent } from './spooled-event.js';
import { SpoolTimers } from './spool-timers.js';

export interface SpoolStoreOptions extends DiskQueueOptions {
  /** What may wait in memory while the disk takes nothing. */
  readonly memory: BatchLimit;
}

/** While the disk takes events, a kill loses no more records than this. */
const mostRecorded = 500;
const noLimit: BatchLimit = { events: Infinity, bytes: Infinity };

/**
 * The store of `spool` delivery: events wait on disk, and outlive the process. While the disk takes none they wait in
 * memory, and go to the disk as soon as it does.
 */
export class SpoolStore implements EventStore {
  private readonly disk: DiskQueue;
  private readonly memory: MemoryStore;
  private readonly timers: SpoolTimers;
  private readonly jumps: ClockJumps;
  private observer: StoreObserver | undefined;
  /** How many events it leaves on disk, once it is closed. */
  private kept: Readonly<Record<Lane, number>> | undefined;

  constructor(options: SpoolStoreOptions) {
    this.disk = new DiskQueue(options);
    this.memory = new MemoryStore(options.memory);
    this.jumps = new ClockJumps(options.clock);
    this.timers = new SpoolTimers(options.clock, {
      save: () => this.save(),
      beat: () => this.disk.beat(),
      sweep: () => {
        // By a clock that was just set nothing is old: what it says is believed a minute later.
        if (!this.jumps.jumped()) this.expire();
        this.adopt();
        this.observer?.changed();
      },
    });
  }

  get eventsInMemory(): number {
    return this.memory.eventsInMemory;
  }

  get bytesInMemory(): number {
    return this.memory.bytesInMemory;
  }

  get mostRecorded(): number {
    return this.disk.works ? mostRecorded : Infinity;
  }

  open(observer: StoreObserver): void {
    this.observer = observer;
    this.disk.observer = observer;
    this.resume();
    this.adopt();
    this.timers.start();
    // What it found is sent in a second, when the application has come up.
    this.timers.changed();
  }

  append(events: readonly StoredEvent[]): readonly StoredEvent[] {
    this.timers.changed();
    return lanes.flatMap((lane) => {
      const ofLane = events.filter((event) => event.lane === lane);
      return ofLane.length === 0 ? [] : this.memory.append(this.disk.append(lane, ofLane));
    });
  }

  take(lane: Lane, limit: BatchLimit): readonly StoredEvent[] {
    const onDisk = this.disk.take(lane, limit);
    return onDisk.length > 0 ? onDisk : this.memory.take(lane, limit);
  }

  settle(events: readonly StoredEvent[]): void {
    const { spooled, others } = byPlace(events);
    this.disk.settle(spooled.map(({ record }) => record));
    this.memory.settle(others);
    this.timers.changed();
  }

  bury(events: readonly StoredEvent[], reason: string): void {
    this.memory.settle(byPlace(events).others);
    this.disk.bury(events, reason);
    this.timers.changed();
  }

  waiting(lane: Lane): BatchLimit {
    if (this.kept) return { events: this.kept[lane], bytes: 0 };
    const onDisk = this.disk.waiting(lane);
    const inMemory = this.memory.waiting(lane);
    return { events: onDisk.events + inMemory.events, bytes: onDisk.bytes + inMemory.bytes };
  }

  oldestWaiting(lane: Lane): number | undefined {
    if (this.kept) return undefined;
    return this.disk.oldestWaiting(lane) ?? this.memory.oldestWaiting(lane);
  }

  close(taken: readonly StoredEvent[]): readonly StoredEvent[] {
    this.timers.stop();
    const { spooled, others } = byPlace(taken);
    const inMemory = [...this.disk.takeAdrift(spooled), ...this.memory.close(others)];
    const lost = inMemory.length > 0 && this.disk.resume() ? this.append(inMemory) : inMemory;
    this.timers.stop();
    this.kept = this.disk.close();
    return [...lost, ...this.memory.close([])];
  }

  /** Within a second of each change; while the disk takes nothing, each second. */
  private save(): void {
    if (!this.disk.works) this.resume();
    this.observer?.changed();
    if (!this.disk.works || !this.disk.save()) this.timers.changed();
  }

  /** Gives the disk what waits in memory, if it takes events. */
  private resume(): boolean {
    if (!this.disk.resume()) return false;
    const inMemory = lanes.flatMap((lane) => this.memory.take(lane, noLimit));
    this.memory.settle(inMemory);
    this.append(inMemory);
    if (this.disk.works) this.disk.resumed(inMemory.length);
    return this.disk.works;
  }

  /** A segment in each turn of the event loop: reading a week's backlog at once would stop the application. */
  private expire(): void {
    if (this.disk.expire()) this.timers.soon(() => this.expire());
  }

  private adopt(): void {
    const { events, replayed } = this.disk.adopt();
    if (events + replayed > 0) this.observer?.adopted(events, replayed);
  }
}

function byPlace(events: readonly StoredEvent[]): { spooled: SpooledEvent[]; others: StoredEvent[] } {
  const spooled: SpooledEvent[] = [];
  const others: StoredEvent[] = [];
  for (const event of events) {
    if (event instanceof SpooledEvent) spooled.push(event);
    else others.push(event);
  }
  return { spooled, others };
}
