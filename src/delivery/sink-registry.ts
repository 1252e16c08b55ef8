import type { AnalyticsReport } from './analytics-report.js';
import type { EventSink } from './event-sink.js';

/** The token of an application's `SinkRegistry`. */
export const SINK_REGISTRY = Symbol.for('nestjs-agent-analytics:sink-registry');

/**
 * The taps that other modules bring along: the inbox, one's own.
 *
 * A provider without dependencies: whatever is added while the application is put together is there when analytics
 * comes up, and makes it come up, also without a key.
 */
export class SinkRegistry {
  /** What a sink may ask about the analytics whose events it sees; set by the module. */
  report: AnalyticsReport | undefined;
  private readonly sinks = new Set<EventSink>();
  /** Called for each sink, those added before among them; set by the module. */
  private onAdd: ((sink: EventSink) => void) | undefined;

  get isEmpty(): boolean {
    return this.sinks.size === 0;
  }

  add(sink: EventSink): void {
    this.sinks.add(sink);
    this.onAdd?.(sink);
  }

  /** Hands over what there is and what will come. */
  connect(onAdd: (sink: EventSink) => void): void {
    this.onAdd = onAdd;
    for (const sink of this.sinks) onAdd(sink);
  }
}
