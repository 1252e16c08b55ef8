import type { SpoolRecord } from '../spool/spool-record.js';
import { asWriteError, type SpoolWriteError } from '../spool/spool-write-error.js';
import type { Spool } from '../spool/spool.js';

interface Unburied {
  readonly record: SpoolRecord;
  readonly reason: string;
}

/** Brings dead letters to the spool. What its disk does not take, such as a full one, is kept and tried again. */
export class Burials {
  private left: readonly Unburied[] = [];

  constructor(private readonly spool: Spool) {}

  /** Whether some are left to be tried again. */
  get isBehind(): boolean {
    return this.left.length > 0;
  }

  /** Stores these, or keeps them; why, or null. Never throws. */
  bury(records: readonly SpoolRecord[], reason: string): SpoolWriteError | null {
    try {
      this.spool.deadLetter(records, reason);
      return null;
    } catch (error) {
      const failure = asWriteError(error);
      this.left = [...this.left, ...records.slice(failure.stored).map((record) => ({ record, reason }))];
      return failure;
    }
  }

  /** Tries those that are left, until one fails; why, or null. */
  again(): SpoolWriteError | null {
    for (const { record, reason } of this.left) {
      try {
        this.spool.deadLetter([record], reason);
      } catch (error) {
        return asWriteError(error);
      }
      this.left = this.left.slice(1);
    }
    return null;
  }

  /** How many of those that are left still wait in a lane of the spool, though the books have them as dead. */
  waitingIn(lane: number): number {
    return this.left.filter(({ record }) => record.instance !== '' && record.lane === lane).length;
  }
}
