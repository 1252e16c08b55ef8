import type { Delivery } from '../delivery/delivery.js';
import type { EventSink } from '../delivery/event-sink.js';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Recording } from '../module/recording.js';
import type { AnalyticsSettings } from '../module/settings.js';
import { violationOf } from './violation.js';

/**
 * Keeps an application's events in memory, for assertions. With it analytics is on without a key, and nothing goes to
 * the network.
 *
 * Reading makes everything that was tracked so far into events first, synchronously: nothing has to be awaited.
 * With the option `strict` reading throws where an event is not as the catalog declares it.
 */
export class AnalyticsRecorder implements EventSink, Recording {
  private readonly recorded: AnalyticsEvent[] = [];
  private delivery: Delivery | undefined;
  private settings: AnalyticsSettings | undefined;

  /** @internal */
  attach(delivery: Delivery, settings: AnalyticsSettings): void {
    this.delivery = delivery;
    this.settings = settings;
    delivery.tap(this);
  }

  /** @internal */
  write(events: readonly AnalyticsEvent[]): void {
    this.recorded.push(...events);
  }

  /** All events so far, oldest first, or those of one name. */
  events(name?: string): AnalyticsEvent[] {
    this.delivery?.drain();
    const { catalog, strict, eventPrefix } = this.settings ?? {};
    for (const event of strict && catalog ? this.recorded : []) {
      const violation = violationOf(event, catalog, eventPrefix);
      if (violation !== undefined) throw violation;
    }
    return name === undefined ? [...this.recorded] : this.recorded.filter(({ event }) => event === name);
  }

  /** The newest event, or the newest of one name. */
  last(name?: string): AnalyticsEvent | undefined {
    return this.events(name).at(-1);
  }

  /** Forgets everything up to now. */
  clear(): void {
    this.delivery?.drain();
    this.recorded.length = 0;
  }
}
