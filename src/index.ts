export { AnalyticsModule } from './module/analytics.module.js';
export type {
  AnalyticsAsyncOptions,
  AnalyticsOptions,
  AnalyticsOptionsFactory,
  SpoolOptions,
} from './module/analytics.options.js';
export { POSTHOG_CLIENT } from './module/posthog-client.token.js';
export { AnalyticsConfigurationError } from './module/configuration-error.js';

export { AnalyticsService } from './capture/analytics.service.js';
export type {
  AbortReason,
  AgentDetails,
  AgentRunDetails,
  AgentRunEnd,
  AgentScheduleDetails,
  CaptureOptions,
  EventDetails,
  FeedbackDetails,
  GenerationDetails,
  Id,
  MeasuredDetails,
  MessageBlockedDetails,
  Outcome,
  ScheduleFiredDetails,
  ToolCallDetails,
  ToolDecisionDetails,
  TriggerFiredDetails,
  TriggerSetupDetails,
  UserMessageDetails,
} from './capture/event-details.js';
export type { CapturedContent } from './capture/content-capture.js';
export type { ModelCall } from './capture/model-call.js';
export type { AliasDetails, GroupDetails, IdentifyDetails } from './capture/person-events.js';

export { AnalyticsContext } from './context/analytics-context.js';
export type { AnalyticsContextValues } from './context/context-values.js';

export { AnalyticsInterceptor } from './requests/analytics.interceptor.js';
export type { SessionVerifier } from './requests/request-identities.js';
export type { IdentityInput, IdentityResolver, ResolvedIdentity, Transport } from './requests/request-identity.js';

export { SkipTracking } from './tracking/skip-tracking.decorator.js';
export { Track, type TrackEventOptions } from './tracking/track.decorator.js';
export { TrackAgentRun } from './tracking/track-agent-run.decorator.js';
export { TrackAgentSchedule } from './tracking/track-agent-schedule.decorator.js';
export { TrackGeneration, type TrackGenerationOptions } from './tracking/track-generation.decorator.js';
export { TrackMessage, type TrackMessageOptions } from './tracking/track-message.decorator.js';
export { TrackToolCall } from './tracking/track-tool-call.decorator.js';
export { TrackTriggerSetup } from './tracking/track-trigger-setup.decorator.js';
export type { TrackDecorator, TrackMethodDecorator } from './tracking/apply-tracking.js';
export type {
  PropertyBag,
  ReturnedCall,
  TrackableMethod,
  TrackCall,
  TrackCallOptions,
  TrackOptions,
  TrackStartOptions,
} from './tracking/track-options.js';

export type { AgentIntegration } from './integrations/agent-integration.js';
export type { AgentRunInfo, ToolEvent } from './integrations/recorder/run-recorder.js';

export type { AnalyticsStats, DropReason, FlushResult, PendingByPlace, RefusalReason } from './delivery/delivery.js';
export type { EventSink, SinkFacts } from './delivery/event-sink.js';
export type { PostHogClientOptions } from './delivery/posthog-client.js';

export type { AnalyticsEvent, JsonObject, JsonValue } from './event/analytics-event.js';
export {
  defineEvents,
  type Catalog,
  type EventName,
  type EventProperties,
  type EventSchemas,
  type Register,
} from './event/catalog.js';
export { codePointLength as messageLength } from './event/message-length.js';
export type { OpenRouterTracingFields } from './event/open-router.js';
export type { StandardSchema } from './event/standard-schema.js';
