import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Catalog } from '../event/catalog.js';

/**
 * Where events go besides PostHog: the inbox, the test recorder, a console, your own. It gets each event once, after
 * `beforeSend`. It is never retried; that it throws or rejects is logged once.
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
