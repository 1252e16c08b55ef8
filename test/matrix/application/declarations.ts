// What a library of decorators and helpers over this package exports: TypeScript must be able to name each type.
import {
  Track,
  TrackAgentRun,
  TrackAgentSchedule,
  TrackGeneration,
  TrackMessage,
  TrackToolCall,
  TrackTriggerSetup,
  type AnalyticsOptions,
  type AnalyticsService,
  type EventSink,
  type IdentityInput,
} from 'nestjs-agent-analytics';
import type { AnalyticsHealth, AnalyticsHealthIndicator } from 'nestjs-agent-analytics/terminus';

export const decorators = {
  event: Track('own_event'),
  message: TrackMessage(),
  tool: TrackToolCall(),
  run: TrackAgentRun(),
  schedule: TrackAgentSchedule(),
  trigger: TrackTriggerSetup(),
  model: TrackGeneration(),
};
export const ofService = (analytics: AnalyticsService) => ({
  pending: analytics.stats().pending,
  flushed: analytics.flush(),
});
export const ofOptions = ({ posthog, catalog, identity, sinks, spool }: AnalyticsOptions) => {
  return { posthog, events: catalog?.events, identity, sinks, spool };
};
export const transportOf = (input: IdentityInput) => input.transport;
export const connectedTo = (sink: EventSink) => (facts: Parameters<NonNullable<EventSink['connected']>>[0]) => {
  sink.connected?.(facts);
  return facts;
};
export const healthOf = (indicator: AnalyticsHealthIndicator): AnalyticsHealth<'events'> =>
  indicator.isHealthy('events');
