import { adoptDead, type ClaimReport } from './adopt-dead.js';
import type { DeadLetter } from './dead-letter-files.js';
import { DeadLetters, type ReplayReport } from './dead-letters.js';
import { isClaimed } from './claim-notes.js';
import { assertWritable } from './disk-checks.js';
import { HeartbeatWatch } from './heartbeat-watch.js';
import { letterStore } from './letter-store.js';
import { openInstance } from './open-instance.js';
import type { OwnInstance } from './own-instance.js';
import { currentProcess, type ProcessIdentity } from './process-identity.js';
import { recordBytes } from './record-format.js';
import { SpoolBounds } from './spool-bounds.js';
import { spoolSettings, type SpoolOptions, type SpoolSettings } from './spool-options.js';
import type { Appended, SpoolRecord } from './spool-record.js';
import { SpoolSources, type SpoolCounts } from './spool-sources.js';
import { asWriteError, isPlaceLost, SpoolWriteError } from './spool-write-error.js';

/**
 * A durable queue of opaque payloads in a folder, for one application instance. Everything is synchronous and nothing
 * happens by itself: the owner calls `heartbeat` at least every 20 s, `persistCursor` every second, `claimDead` and
 * `expire` every minute. Delivery is at least once.
 */
export class Spool {
  readonly #settings: SpoolSettings;
  readonly #process: ProcessIdentity = currentProcess();
  readonly #sources = new SpoolSources();
  readonly #bounds: SpoolBounds;
  readonly #heartbeats: HeartbeatWatch;
  #deadLetters: DeadLetters | null = null;
  #failure: SpoolWriteError | null = new SpoolWriteError('NOT_OPEN', 'the spool was not opened');
  #neededBytes = 0;
  #isClosed = false;

  /** Touches no disk: `tryResume` opens the spool. Throws RangeError for a destination that does not fit. */
  constructor(options: SpoolOptions) {
    this.#settings = spoolSettings(options);
    this.#bounds = new SpoolBounds(this.#settings);
    this.#heartbeats = new HeartbeatWatch(this.#settings.monotonic);
  }

  /** Why nothing can be appended, or null where it can. */
  get failure(): SpoolWriteError | null {
    return this.#failure;
  }

  /** Id of the folder that is written to, or null where there is none. */
  get instance(): string | null {
    return this.#sources.own?.id ?? null;
  }

  /** Bytes of its segment files. Reads nothing. */
  get bytes(): number {
    return this.#sources.bytes;
  }

  /** Opens the spool, at the start and after a failure; whether it can be appended to. Never throws. */
  tryResume(): boolean {
    if (this.#isClosed) return false;
    if (!this.#failure) return true;
    try {
      const { own } = this.#sources;
      if (own?.isInPlace()) assertWritable(own.folder, this.#neededBytes, this.#settings.now());
      else this.#begin(own);
      this.#failure = null;
      this.#neededBytes = 0;
    } catch (error) {
      this.#failure = asWriteError(error);
    }
    return this.#failure === null;
  }

  /**
   * Stores the payloads in order, in one write where they fit, and returns when the system has them. Records go to
   * a lane (0 to 255), each with its own order. Throws SpoolWriteError, which says how many are stored; after one
   * every call throws until `tryResume` returns true. Throws RangeError for a lane or a payload (16 MiB) that the
   * format cannot hold, and stores nothing then.
   */
  append(payloads: readonly (string | Buffer)[], options: { lane?: number; time?: number } = {}): Appended {
    const { lane = 0 } = options;
    const time = Math.max(0, Math.trunc(options.time ?? this.#settings.now()));
    if (!Number.isInteger(lane) || lane < 0 || lane > 255) throw new RangeError(`lane ${lane} is none of 0 to 255`);
    if (this.#failure) throw asWriteError(this.#failure, 0);
    const { own, lanes } = this.#sources;
    const admitted = this.#bounds.admit(payloads, lanes, ({ lane: full }) => own!.seal(full));
    const accepted = admitted === payloads.length ? payloads : payloads.slice(0, admitted);
    try {
      return { stored: admitted, ...this.#write(lane, accepted, time) };
    } catch (error) {
      const failure = asWriteError(error);
      // Claimed by another, or removed: the rest goes to a new folder at once, because this may be the exit.
      if (!isPlaceLost(failure)) throw failure;
      if (!this.tryResume()) throw asWriteError(this.#failure, failure.stored);
      return { stored: admitted, ...this.#write(lane, accepted.slice(failure.stored), time) };
    }
  }

  /** The next records of a lane, oldest first; in flight until acknowledged or put back. Throws where reading fails. */
  take(options: { lane?: number; maxRecords?: number; maxBytes?: number } = {}): SpoolRecord[] {
    const { lane = 0, maxRecords = 100, maxBytes = 1_000_000 } = options;
    return this.#reading(() => this.#sources.take(lane, maxRecords, maxBytes));
  }

  /** Settles records in flight, in any order: delivered, or dropped by the owner. How many were in flight. */
  acknowledge(records: readonly SpoolRecord[]): number {
    return this.#sources.acknowledge(records);
  }

  /** Gives records in flight back: the next `take` begins with them. */
  putBack(records: readonly SpoolRecord[]): void {
    this.#sources.putBack(records);
  }

  /**
   * Those of the records in flight that are on disk no more, because their segment was dropped or their folder removed.
   * They are settled: whoever wants to keep them appends them anew.
   */
  takeAdrift(records: readonly SpoolRecord[]): SpoolRecord[] {
    return this.#sources.takeAdrift(records);
  }

  /** Moves records in flight to the dead letters. Throws SpoolWriteError; what is not stored there stays in flight. */
  deadLetter(records: readonly SpoolRecord[], reason: string): void {
    const letters = records.map(({ lane, payload }) => ({ lane, payload, reason }));
    try {
      const count = this.#openDeadLetters().add(letters, this.#settings.now());
      if (count > 0) this.#settings.notify({ kind: 'dead_letters_trimmed', count });
    } catch (error) {
      const failure = asWriteError(error);
      this.acknowledge(records.slice(0, failure.stored));
      throw failure;
    }
    this.acknowledge(records);
  }

  /** Appends dead letters for this destination again, all or the chosen, to their lanes. Throws where reading fails. */
  replayDead(isChosen: (letter: DeadLetter) => boolean = () => true): ReplayReport {
    const store = letterStore((payload, lane) => this.append([payload], { lane }));
    return this.#openDeadLetters().replay(isChosen, store, this.#settings.now());
  }

  /** Saves what is settled and deletes segments of which everything is. False where the disk did not take it. */
  persistCursor(): boolean {
    return this.#sources.persist(this.#settings.fsync) === null;
  }

  /** Tells other processes that this instance lives, and finds out whether its folder is still there. */
  heartbeat(): void {
    const { own } = this.#sources;
    if (!own || own.beat(this.#settings.now())) return;
    this.#failure = new SpoolWriteError('ENOENT', `${own.folder} is no longer in its place`);
    this.tryResume();
  }

  /** Adopts what dead instances left for this destination: their records are taken before our own. */
  claimDead(): ClaimReport {
    const { own, adopted } = this.#sources;
    if (!own?.isInPlace()) return { adopted: [], left: [] };
    return adoptDead(own, adopted, this.#settings, this.#process, this.#heartbeats);
  }

  /**
   * Drops what is older than `maxAgeMs`, but for what is in flight, in steps of a segment; whether there may be more.
   * Throws where reading fails.
   */
  expire(): boolean {
    return this.#reading(() => this.#bounds.expire(this.#sources.lanes));
  }

  /** What there is, in one lane or in all. Reads as far as the oldest record that waits. */
  counts(lane?: number): SpoolCounts {
    return this.#sources.counts(lane);
  }

  /** Records of a lane that wait to be taken, and about how many bytes they have. Reads nothing. */
  waiting(lane: number): { records: number; bytes: number } {
    return this.#sources.waiting(lane);
  }

  /** Saves the cursor and leaves what is pending, in flight included, to whoever opens the folder next. */
  close(): void {
    if (this.#isClosed) return;
    this.persistCursor();
    this.#deadLetters?.close();
    this.#sources.close();
    this.#isClosed = true;
    this.#failure = new SpoolWriteError('CLOSED', 'the spool is closed');
  }

  /** Where the folder went meanwhile, what is left is read. */
  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const failure = asWriteError(error);
      if (!isPlaceLost(failure) || this.#isClosed) throw error;
      this.#failure = failure;
      if (!this.tryResume()) throw asWriteError(this.#failure);
      return read();
    }
  }

  #write(lane: number, payloads: readonly (string | Buffer)[], time: number): Omit<Appended, 'stored'> {
    const own = this.#sources.own!;
    try {
      return { instance: own.id, ...own.append(lane, payloads, time) };
    } catch (error) {
      this.#failure = asWriteError(error);
      this.#neededBytes = payloads.reduce((sum, payload) => sum + recordBytes(payload), 0);
      throw error;
    }
  }

  #openDeadLetters(): DeadLetters {
    const { own } = this.#sources;
    if (!own) throw asWriteError(this.#failure);
    const { dir, destination, segmentBytes, maxDeadBytes, fsync } = this.#settings;
    const { id: instance, folder: instanceFolder } = own;
    const options = { dir, destination, instance, instanceFolder, segmentBytes, maxBytes: maxDeadBytes, fsync };
    return (this.#deadLetters ??= new DeadLetters(options));
  }

  #begin(lost: OwnInstance | null): void {
    const { dir, notify } = this.#settings;
    const gone = this.#sources.replaceOwn(openInstance(this.#settings, this.#process));
    this.#deadLetters?.close();
    this.#deadLetters = null;
    if (lost) notify({ kind: isClaimed(dir, lost.id) ? 'claimed' : 'removed', instance: lost.id, ...gone });
  }
}
