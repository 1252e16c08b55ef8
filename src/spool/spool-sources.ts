import type { AdoptedInstance } from './adopted-instance.js';
import type { OwnInstance } from './own-instance.js';
import type { SpoolLane } from './spool-lane.js';
import type { SpoolRecord } from './spool-record.js';
import { asWriteError, type SpoolWriteError } from './spool-write-error.js';

export interface SpoolCounts {
  /** Records that are not settled, those in flight included. Damage not yet read counts as records. */
  readonly pending: number;
  readonly inFlight: number;
  /** Bytes of segment files. */
  readonly bytes: number;
  /** About how many bytes wait to be taken. */
  readonly waitingBytes: number;
  /** When the oldest pending record was stored; null where none is, or it cannot be read now. */
  readonly oldestTime: number | null;
  /** Likewise of those that are not in flight. */
  readonly oldestWaiting: number | null;
}

/** Everything that records are taken from: folders that are lost (what is in memory), adopted ones, our own. */
export class SpoolSources {
  own: OwnInstance | null = null;
  readonly adopted: AdoptedInstance[] = [];
  #detached: SpoolLane[] = [];

  /** Oldest first. */
  get lanes(): SpoolLane[] {
    return [...this.#detached, ...this.adopted.flatMap(({ lanes }) => lanes), ...(this.own?.lanes ?? [])];
  }

  take(lane: number, maxRecords: number, maxBytes: number): SpoolRecord[] {
    const taken: SpoolRecord[] = [];
    let bytes = 0;
    for (const source of this.lanes) {
      if (source.lane !== lane) continue;
      try {
        const more = source.take(maxRecords - taken.length, maxBytes - bytes, taken.length === 0);
        for (const record of more) bytes += record.payload.length;
        taken.push(...more);
      } catch (error) {
        // What was taken before must not be forgotten; the next take begins with the failure.
        if (taken.length === 0) throw error;
        break;
      }
    }
    return taken;
  }

  acknowledge(records: readonly SpoolRecord[]): number {
    let settled = 0;
    this.#byLane(records, (lane, group) => (settled += lane.settle(group)));
    return settled;
  }

  putBack(records: readonly SpoolRecord[]): void {
    this.#byLane(records, (lane, group) => lane.putBack(group));
  }

  /** Those of the records that would not outlive this process, settled. */
  takeAdrift(records: readonly SpoolRecord[]): SpoolRecord[] {
    const adrift: SpoolRecord[] = [];
    this.#byLane(records, (lane, group) => {
      const lost = group.filter((record) => !lane.isStored(record));
      lane.settle(lost);
      adrift.push(...lost);
    });
    return adrift;
  }

  /** Saves all cursors and removes what is over; the first failure, or null. */
  persist(fsync: boolean): SpoolWriteError | null {
    const failures = new Map<SpoolLane, SpoolWriteError>();
    for (const lane of this.lanes) {
      try {
        lane.persistCursor(fsync);
      } catch (error) {
        failures.set(lane, asWriteError(error));
      }
    }
    this.#removeEmpty((instance) => instance.lanes.every((lane) => !failures.has(lane)));
    return [...failures.values()][0] ?? null;
  }

  /** Bytes of all segment files. */
  get bytes(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.bytes, 0);
  }

  waiting(only: number): { records: number; bytes: number } {
    const sum = { records: 0, bytes: 0 };
    for (const lane of this.lanes) {
      if (lane.lane !== only) continue;
      sum.records += lane.pending - lane.inFlight;
      sum.bytes += lane.waitingBytes;
    }
    return sum;
  }

  /** Of one lane, or of all. */
  counts(only: number | undefined): SpoolCounts {
    const lanes = this.lanes.filter(({ lane }) => only === undefined || lane === only);
    const sum = (of: (lane: SpoolLane) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
    const oldestWaiting = earliest(lanes.map(oldestWaitingOf));
    return {
      pending: sum((lane) => lane.pending),
      inFlight: sum((lane) => lane.inFlight),
      bytes: sum((lane) => lane.bytes),
      waitingBytes: sum((lane) => lane.waitingBytes),
      oldestTime: earliest([oldestWaiting, ...lanes.map((lane) => lane.oldestInFlight())]),
      oldestWaiting,
    };
  }

  /** Puts a new folder in the place of a lost one; how many records went with that, and how many we had appended. */
  replaceOwn(next: OwnInstance): { count: number; own: number } {
    const lanes = this.lanes;
    const lost = this.own;
    const gone = { count: 0, own: 0 };
    for (const lane of lanes) {
      const count = lane.detach();
      gone.count += count;
      if (lane.instance === lost?.id) gone.own += count;
    }
    lost?.abandon();
    this.adopted.length = 0;
    this.#detached = lanes.filter((lane) => lane.pending > 0);
    this.own = next;
    return gone;
  }

  close(): void {
    const isEmpty = this.adopted.length === 0 && (this.own?.lanes.every((lane) => lane.pending === 0) ?? true);
    for (const instance of this.adopted) instance.close();
    this.own?.close(isEmpty);
    this.own = null;
    this.adopted.length = 0;
    this.#detached = [];
  }

  #removeEmpty(isSaved: (instance: AdoptedInstance) => boolean): void {
    this.#detached = this.#detached.filter((lane) => lane.pending > 0);
    for (const instance of this.adopted.filter((one) => one.pending === 0 && isSaved(one))) {
      this.adopted.splice(this.adopted.indexOf(instance), 1);
      try {
        instance.remove();
      } catch {
        // Its cursor says that nothing is left: whoever adopts the folder next removes it.
      }
    }
  }

  #byLane(records: readonly SpoolRecord[], act: (lane: SpoolLane, group: SpoolRecord[]) => void): void {
    for (const lane of this.lanes) {
      const group = records.filter((record) => record.lane === lane.lane && record.instance === lane.instance);
      if (group.length > 0) act(lane, group);
    }
  }
}

function earliest(times: readonly (number | null)[]): number | null {
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

function oldestWaitingOf(lane: SpoolLane): number | null {
  try {
    return lane.oldestWaiting();
  } catch {
    return null;
  }
}
