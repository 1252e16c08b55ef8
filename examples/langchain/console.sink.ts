import type { AnalyticsEvent, EventSink } from 'nestjs-agent-analytics';

/** Shows each event in the terminal. */
export class ConsoleSink implements EventSink {
  write(events: readonly AnalyticsEvent[]): void {
    for (const { event, distinctId, properties: p } of events) {
      console.log(distinctId, event, p['tool_name'] ?? p['graph_name'] ?? '', p['outcome'] ?? p['decision'] ?? '');
    }
  }
}
