import type { Lane, StoredEvent } from './event-store.js';

/** What became of a batch. `error` says it without secrets. */
export type SendOutcome =
  /** PostHog has it. */
  | { readonly kind: 'accepted' }
  /** Nobody can say, or not now: network, timeout, 408, 429, 5xx. */
  | {
      readonly kind: 'retry';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
      /** The server says that it has too much to do: whatever is sent now would fail. */
      readonly isBusy?: boolean;
    }
  /** The key is not accepted. */
  | { readonly kind: 'wrong_key'; readonly error: string }
  /** Whoever answers is not PostHog's endpoint: redirects, web pages, 403, 404. */
  | { readonly kind: 'wrong_endpoint'; readonly error: string }
  /** Something in the batch is not accepted: 400. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The batch, or something in it, is too large: 413. */
  | { readonly kind: 'too_large'; readonly error: string };

/** The one that owns delivery: takes a batch and says what became of it. */
export interface BatchSender {
  /** Sends these events in one request. Never rejects. */
  send(lane: Lane, events: readonly StoredEvent[]): Promise<SendOutcome>;
  /** Where the lane's batches go, as it may stand in a log. */
  destination(lane: Lane): string;
  /** Gives up what is under way and lets go of all connections. */
  close(): void;
}
