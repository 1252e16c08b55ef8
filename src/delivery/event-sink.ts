import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Catalog } from '../event/catalog.js';

/**
 * Where events go besides PostHog: the inbox, the recorder, a console, one's own.
 *
 * A sink of this kind is a tap: it is never retried, never counted, and one that throws or rejects is told once
 * and otherwise ignored. It receives each event once, after `beforeSend`, when it is prepared.
 */
export interface EventSink {
  write(events: readonly AnalyticsEvent[]): Promise<void> | void;
  /** Called once when analytics comes up, before the first event. */
  connected?(facts: SinkFacts): void;
}

/** What a sink may know of the analytics whose events it sees. */
export interface SinkFacts {
  /** Whether there is a key: without one events go to the taps only. */
  readonly hasKey: boolean;
  /** PostHog's address, where events are sent. */
  readonly host: string;
  readonly eventPrefix: string;
  /** Whether requests are read for posthog-js's tracing headers. */
  readonly posthogHeaders: boolean;
  readonly catalog?: Catalog | undefined;
}
