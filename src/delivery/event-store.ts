import type { DropReason } from './delivery.js';

/** The endpoint that an event goes to: PostHog's batch endpoint, or its AI endpoint for what is too large for that. */
export type Lane = 'batch' | 'ai';

export const lanes: readonly Lane[] = ['batch', 'ai'];

/** How much goes into one request. A single event may have more bytes than this. */
export interface BatchLimit {
  readonly events: number;
  readonly bytes: number;
}

/** PostHog takes 20 MiB on the wire; batches stay far below, so that a refused one costs little. */
export const batchLimits: Readonly<Record<Lane, BatchLimit>> = {
  batch: { events: 100, bytes: 1_000_000 },
  ai: { events: 100, bytes: 5 * 1024 * 1024 },
};

/** An event that is prepared and waits for its delivery: its bytes, and what the books need to know. */
export interface StoredEvent {
  /** The element of PostHog's batch; the same bytes on every attempt. */
  readonly json: string;
  /** Length of `json` in UTF-8. */
  readonly bytes: number;
  readonly lane: Lane;
  /** Its place in the order in which this process accepted; `Infinity` for one adopted from another process. */
  readonly order: number;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
  /** `Class.method` that emitted it; for diagnostics. */
  readonly source: string | undefined;
}

/** Events that a store lost on its own: by age, damage, or because its folder went. */
export interface StoreLoss {
  readonly reason: DropReason;
  /** How many. */
  readonly count: number;
  /** Those of them whose bytes are known. */
  readonly events: readonly StoredEvent[];
  /** How many of the others this process accepted. */
  readonly ownUnknown: number;
}

/** Hears what happens in a store on its own, when it has happened; may be called within any call to the store. */
export interface StoreObserver {
  lost(losses: readonly StoreLoss[]): void;
  /** Another process has them; `own`: how many of them this one accepted. */
  handed(count: number, own: number): void;
  /** Events of a process that is gone wait here now, and dead letters that get another try. */
  adopted(events: number, replayed: number): void;
  /** There may be something to send that was not there before. */
  changed(): void;
}

/**
 * Where prepared events wait: the memory, or a spool.
 *
 * An event is in the store from `append` until `settle` or `bury`, also while it has been taken; a taken event is
 * handed back as the same object. Nothing here throws: a store that can't keep an event says so by returning it.
 * Splitting, returning and ordering of batches stand above it, in the outbox.
 */
export interface EventStore {
  /** Keeps these events, in order. Returns those that it had to drop for them or of them, by the policy of the store. */
  append(events: readonly StoredEvent[]): readonly StoredEvent[];
  /** The oldest events of the lane that nobody has taken, as many as the limit allows; at least one where there is one. */
  take(lane: Lane, limit: BatchLimit): readonly StoredEvent[];
  /** Taken events that need not be kept any more: delivered or dropped. */
  settle(events: readonly StoredEvent[]): void;
  /** Taken events that PostHog will never accept: a store that can keeps them apart, with the reason. */
  bury(events: readonly StoredEvent[], reason: string): void;
  /** Events of the lane that nobody has taken, and their bytes. */
  waiting(lane: Lane): BatchLimit;
  /** When the oldest event of the lane that nobody has taken was accepted; `undefined` where there is none. */
  oldestWaiting(lane: Lane): number | undefined;
  /** Opens it, where that is needed. */
  open?(observer: StoreObserver): void;
  /**
   * Ends it. `taken` are the events that were taken and not settled. Returns those that are lost with it; what it keeps
   * beyond this process is what waits from then on.
   */
  close(taken: readonly StoredEvent[]): readonly StoredEvent[];
  /** So many records are not left to wait in the buffer: the last of them stores all within its call. */
  readonly mostRecorded: number;
  /** What it holds in memory, taken events included: counts against `maxPending` and `maxPendingBytes`. */
  readonly eventsInMemory: number;
  readonly bytesInMemory: number;
}
