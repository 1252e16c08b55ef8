import type { AnalyticsEvent, EventSink } from 'nestjs-agent-analytics';

/** Shows each event in the terminal. */
export class ConsoleSink implements EventSink {
  write(events: readonly AnalyticsEvent[]): void {
    for (const { event, distinctId, properties: p } of events) {
      const what = p['tool_name'] ?? p['graph_name'] ?? p['$ai_span_name'] ?? p['$ai_model'];
      console.log(distinctId, event, ...[what, p['decision'] ?? p['outcome']].filter(Boolean));
    }
  }
}
