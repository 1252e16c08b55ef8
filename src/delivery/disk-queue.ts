import type { Clock } from '../event/clock.js';
import type { Reporter } from '../event/reporter.js';
import type { SpoolOptions } from '../spool/spool-options.js';
import type { SpoolRecord } from '../spool/spool-record.js';
import { errorCode, SpoolWriteError } from '../spool/spool-write-error.js';
import { Spool } from '../spool/spool.js';
import { Burials } from './burials.js';
import type { BatchLimit, Lane, StoredEvent, StoreObserver } from './event-store.js';
import { SpoolLosses } from './spool-losses.js';
import { SpoolReports } from './spool-reports.js';
import { laneNumber, readSpooled, SpooledEvent, spoolPayload } from './spooled-event.js';

export interface DiskQueueOptions extends Pick<
  SpoolOptions,
  'dir' | 'destination' | 'maxBytes' | 'maxAgeMs' | 'onFull' | 'fsync' | 'segmentBytes' | 'maxDeadBytes'
> {
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/** What was taken over: events of processes that are gone, and dead letters that get another try. */
export interface Adopted {
  readonly events: number;
  readonly replayed: number;
}

/** The bound counts as left when this share of it is free again: more than goes with one segment, an eighth. */
const roomShare = 0.25;

/** The spool as a queue of events. Nothing here throws: what fails is said, and what is lost is told. */
export class DiskQueue {
  private readonly spool: Spool;
  private readonly reports: SpoolReports;
  private readonly losses: SpoolLosses;
  private readonly burials: Burials;

  constructor(private readonly options: DiskQueueOptions) {
    const { clock, reporter, dir, onFull } = options;
    this.reports = new SpoolReports(reporter, dir, onFull !== 'drop-newest');
    this.losses = new SpoolLosses(this.reports);
    const onNotice = this.losses.heard;
    this.spool = new Spool({
      ...options,
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      keepDropped: true,
      onNotice,
    });
    this.burials = new Burials(this.spool);
  }

  /** Who hears of losses; set when the queue is opened. */
  set observer(observer: StoreObserver) {
    this.losses.observer = observer;
  }

  /** Whether it takes events. */
  get works(): boolean {
    return this.spool.failure === null;
  }

  /** Opens it, at the start and after a failure; whether it works. */
  resume(): boolean {
    const works = this.losses.around(() => this.spool.tryResume());
    if (works) this.losses.owns(this.spool.instance);
    else this.failed(this.spool.failure);
    return works;
  }

  /** It works again; so many events that waited elsewhere are in it now. */
  resumed(events: number): void {
    this.reports.resumed(events);
  }

  /** Returns the events that the disk did not take. What the bound of the spool does not let in is told as lost. */
  append(lane: Lane, events: readonly StoredEvent[]): readonly StoredEvent[] {
    if (!this.works) return events;
    const time = events[0]?.acceptedAt ?? this.options.clock.now();
    return this.losses.around(() => {
      try {
        const { stored, instance } = this.spool.append(events.map(spoolPayload), { lane: laneNumber(lane), time });
        this.losses.owns(instance);
        if (stored < events.length) this.losses.refused(events.slice(stored));
        return [];
      } catch (error) {
        this.failed(error);
        return events.slice(error instanceof SpoolWriteError ? error.stored : 0);
      }
    });
  }

  take(lane: Lane, limit: BatchLimit): readonly StoredEvent[] {
    const most = { lane: laneNumber(lane), maxRecords: limit.events, maxBytes: limit.bytes };
    return this.losses.around(() => {
      const records = this.reading(() => this.spool.take(most)) ?? [];
      const events = records.map((record) => readSpooled(record, this.losses.isOwn(record.instance)));
      const strange = records.filter((_, index) => events[index] === undefined);
      this.spool.acknowledge(strange);
      this.losses.strange(strange);
      return events.filter((event) => event !== undefined);
    });
  }

  settle(records: readonly SpoolRecord[]): void {
    this.spool.acknowledge(records);
  }

  /** Those of the taken events that are on disk no more; they are settled there. */
  takeAdrift(events: readonly SpooledEvent[]): readonly SpooledEvent[] {
    const adrift = new Set(this.spool.takeAdrift(events.map(({ record }) => record)));
    return events.filter(({ record }) => adrift.has(record));
  }

  /** Keeps events as dead letters, also those that were never in the spool. */
  bury(events: readonly StoredEvent[], reason: string): void {
    const letters = events.map((event) => (event instanceof SpooledEvent ? event.record : recordOfNothing(event)));
    const failure = this.losses.around(() => this.burials.bury(letters, reason));
    if (failure) this.failed(failure);
  }

  waiting(lane: Lane): BatchLimit {
    const { records, bytes } = this.spool.waiting(laneNumber(lane));
    return { events: records, bytes };
  }

  oldestWaiting(lane: Lane): number | undefined {
    return this.losses.around(() => this.spool.counts(laneNumber(lane))).oldestWaiting ?? undefined;
  }

  /** Whether everything that changed is saved. */
  save(): boolean {
    const isBuried = this.buryAgain();
    return this.spool.persistCursor() && isBuried;
  }

  beat(): void {
    this.losses.around(() => this.spool.heartbeat());
  }

  /** Drops what is too old, of one segment; whether there may be more. What it dropped is told before the next turn. */
  expire(): boolean {
    return this.losses.around(() => this.reading(() => this.spool.expire())) ?? false;
  }

  /** Adopts what dead processes left. */
  adopt(): Adopted {
    return this.losses.around(() => {
      const report = this.reading(() => this.spool.claimDead());
      for (const instance of report?.left ?? []) this.reports.left(instance);
      const { maxBytes = Infinity } = this.options;
      if (this.spool.bytes < maxBytes * (1 - roomShare)) this.reports.hasRoom();
      const adopted = { events: 0, replayed: 0 };
      for (const { records, areReplayed } of report?.adopted ?? [])
        adopted[areReplayed ? 'replayed' : 'events'] += records;
      return adopted;
    });
  }

  /** Leaves what is pending, taken events included, to whoever opens the folder next; how many by lane. */
  close(): Readonly<Record<Lane, number>> {
    this.buryAgain();
    // A dead letter that no disk took stays where it is, for the next process: dead in these books, pending there.
    const kept = (lane: Lane) =>
      this.losses.around(() => this.spool.counts(laneNumber(lane)).pending) - this.burials.waitingIn(laneNumber(lane));
    const pending = { batch: kept('batch'), ai: kept('ai') };
    this.spool.close();
    return pending;
  }

  /** Whether all dead letters are stored. */
  private buryAgain(): boolean {
    if (!this.burials.isBehind) return true;
    const failure = this.losses.around(() => this.burials.again());
    if (!failure && this.works) this.reports.resumed(0);
    return failure === null;
  }

  private failed(error: unknown): void {
    this.losses.owns(this.spool.instance);
    this.reports.failing(errorCode(error));
  }

  private reading<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.reports.unreadable(errorCode(error));
      return undefined;
    }
  }
}

/** For an event that never was in the spool: it acknowledges nothing there. */
function recordOfNothing(event: StoredEvent): SpoolRecord {
  const payload = Buffer.from(spoolPayload(event));
  return { instance: '', lane: laneNumber(event.lane), seq: 0, time: event.acceptedAt, payload };
}
