import type { EventRecord } from './event-record.js';
import type { EventSink } from './event-sink.js';

/** Why something was not accepted. */
export type RefusalReason = 'sampled' | 'when' | 'no_consent' | 'closed' | 'buffer_full';

/** Why an accepted event was not delivered. */
export type DropReason =
  | 'empty_name'
  | 'before_send'
  | 'anonymous'
  | 'too_large'
  | 'unserialisable'
  | 'queue_full'
  | 'expired'
  | 'shutdown'
  /** The bytes of it in the spool were damaged. */
  | 'damaged'
  /** The spool's folder was removed under it. */
  | 'spool_removed'
  /** PostHog refused the event itself: what `onDrop` hears of a dead letter. Counted as dead, not as dropped. */
  | 'rejected';

/**
 * The books. After every transition
 * `accepted + adopted + replayed = delivered + dropped + dead + handed + pending`.
 */
export interface AnalyticsStats {
  /** Taken in since the start. */
  readonly accepted: number;
  /** Not taken in, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  /** Accepted by PostHog; without a key, given to the sinks. */
  readonly delivered: number;
  /** Taken in, and given up, by reason. */
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** Refused by PostHog for good; with a spool they are kept, and can be replayed. */
  readonly dead: number;
  /** Taken over from a process that is gone. */
  readonly adopted: number;
  /** Dead letters that were made pending again. */
  readonly replayed: number;
  /** Waited in this process's spool folder, which another process took over. */
  readonly handed: number;
  readonly pending: PendingByPlace;
  /** Requests sent again. */
  readonly retries: number;
  /** Age of the oldest pending event, milliseconds; 0 where none is pending. */
  readonly oldestPendingMs: number;
  /** Age of the oldest event that is not stored yet, milliseconds; 0 where all are. */
  readonly oldestUnstoredMs: number;
  /** What delivery does now. */
  readonly state: 'idle' | 'sending' | 'backoff' | 'key_hold' | 'endpoint_hold' | 'closed';
  /** The last failure of a request, without secrets; `null` where none happened. */
  readonly lastError: string | null;
}

/** Events that were taken in and have not left. */
export interface PendingByPlace {
  readonly total: number;
  /** Not prepared yet. */
  readonly recorded: number;
  /** Prepared, and waiting. */
  readonly stored: number;
  /** In a request that is under way. */
  readonly inFlight: number;
}

/** What `flush()` answers. */
export interface FlushResult {
  /** Events delivered between the call and its return. */
  readonly delivered: number;
  /** Events accepted before the call that are neither delivered nor dropped. */
  readonly pending: number;
}

/** What is known of something that was refused. */
export type RefusedCall = Partial<Pick<EventRecord, 'event' | 'source'>>;

/** What capture sees of delivery. Nothing here throws. */
export interface Delivery {
  /** Accepts a record, or refuses it (and counts why). */
  record(record: EventRecord): boolean;
  /** Counts something that capture itself refused; what it was goes to diagnostics. */
  refuse(reason: RefusalReason, about?: RefusedCall): void;
  /** Prepares everything recorded, in this call, and hands it to the taps that are synchronous. */
  drain(): void;
  flush(options?: { timeoutMs?: number | undefined }): Promise<FlushResult>;
  stats(): AnalyticsStats;
  /** Adds a tap; the function returned takes it away. */
  tap(sink: EventSink): () => void;
}
