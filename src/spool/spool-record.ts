import type { SeqRange } from './seq-ranges.js';

/** A record as it was stored. Hand the same object back to acknowledge it or to put it back. */
export interface SpoolRecord {
  /** The instance that wrote it; with `lane` and `seq` it names the record. */
  readonly instance: string;
  readonly lane: number;
  readonly seq: number;
  /** When it was stored, milliseconds since 1970. */
  readonly time: number;
  readonly payload: Buffer;
}

/** What an append stored. */
export interface Appended {
  /** How many of the payloads: the first ones; fewer than given where 'drop-newest' refused the rest. */
  readonly stored: number;
  /** Number of the first of them in this lane of `instance`; `lastSeq` is smaller where none was stored. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly instance: string;
}

/** Records of one lane that left the spool without being delivered. */
export interface SpoolLoss {
  readonly instance: string;
  readonly lane: number;
  readonly count: number;
  readonly ranges: readonly SeqRange[];
}

/** What the spool finds out or decides on its way; told once each. */
export type SpoolNotice =
  /** Records that damage took. They are settled: they count as pending no more. */
  | ({ readonly kind: 'damaged' } & SpoolLoss)
  /** Records that a bound took. `records` is what they held, with `keepDropped`; damaged ones, and many at once, are
   * only counted. */
  | ({
      readonly kind: 'dropped';
      readonly reason: 'queue_full' | 'expired';
      readonly records: readonly SpoolRecord[];
    } & SpoolLoss)
  /**
   * Our own folder is gone. `claimed`: another instance has its records. `count` leaves out what we hold in memory; `own`
   * of them were appended by us, the others adopted.
   */
  | {
      readonly kind: 'claimed' | 'removed';
      readonly instance: string;
      readonly count: number;
      readonly own: number;
    }
  /** The oldest dead letters were deleted, because there were too many. */
  | { readonly kind: 'dead_letters_trimmed'; readonly count: number };
