import type { AnalyticsEvent } from '../event/analytics-event.js';

/**
 * Where events go besides PostHog: the inbox, the recorder, a console, one's own.
 *
 * A sink of this kind is a tap: it is never retried, never counted, and one that throws or rejects is told once
 * and otherwise ignored. It receives each event once, after `beforeSend`, when it is prepared.
 */
export interface EventSink {
  write(events: readonly AnalyticsEvent[]): Promise<void> | void;
}
