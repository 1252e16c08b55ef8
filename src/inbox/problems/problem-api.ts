import type { VerdictLevel } from '../inbox-api.js';

/**
 * `GET api/problems`: why events may be missing or wrong. Types only: the page imports them too.
 */
export interface ProblemReport {
  /** As in `EventPage`. */
  readonly boot: string;
  /** Since when all of this is counted: when the application was put together. ISO 8601. */
  readonly since: string;
  /** The one most likely reason why no event is there, a sentence; `null` where some have come. */
  readonly likely: string | null;
  readonly delivery: DeliveryHealth | null;
  /** The worst first. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** The same for the same problem, each time. */
  readonly id: string;
  /** Never `good`. */
  readonly level: VerdictLevel;
  readonly title: string;
  /** What happened: one or two sentences. */
  readonly text: string;
  /** What to do about it: one or two sentences. */
  readonly advice: string;
  /** Its heading in docs/errors.md, where it has one. */
  readonly code: string | null;
  /** How often; `null` where that means nothing. */
  readonly count: number | null;
  /** When it was first and last so, ISO 8601; `null` where that is not known. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  /** What it concerns, the most frequent first. */
  readonly items: readonly ProblemItem[];
  /** How many more it concerns. */
  readonly hidden: number;
  /** The part of the page's address that shows these events in the feed, where they are there. */
  readonly filter: string | null;
}

export interface ProblemItem {
  readonly name: string;
  readonly detail: string | null;
  readonly count: number | null;
}

/** How delivery stands. */
export interface DeliveryHealth {
  readonly level: VerdictLevel;
  /** A few words. */
  readonly title: string;
  readonly text: string;
  /** PostHog's address; `null` where events go to the inbox only. */
  readonly host: string | null;
  readonly store: 'memory' | 'spool';
  readonly accepted: number;
  readonly delivered: number;
  readonly handed: number;
  readonly pending: number;
  readonly inFlight: number;
  readonly refused: number;
  readonly dropped: number;
  readonly dead: number;
  readonly retries: number;
  /** Milliseconds. */
  readonly oldestPendingMs: number;
  /** Of a request, also where it is over. */
  readonly lastError: string | null;
}
