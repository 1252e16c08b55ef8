import type { InjectionToken, ModuleMetadata, OptionalFactoryDependency, Type } from '@nestjs/common';
import type { CapturedContent } from '../capture/content-capture.js';
import type { DropReason } from '../delivery/delivery.js';
import type { EventSink } from '../delivery/event-sink.js';
import type { PostHogClientOptions } from '../delivery/posthog-client.js';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Catalog } from '../event/catalog.js';
import type { AgentIntegration } from '../integrations/agent-integration.js';
import type { AgentRunInfo, ToolEvent } from '../integrations/recorder/run-recorder.js';
import type { SessionVerifier } from '../requests/request-identities.js';
import type { IdentityResolver } from '../requests/request-identity.js';

/**
 * Everything is optional. What is set here wins over the environment, which is read through `ConfigService`.
 * A value that is not as described stops the bootstrap with a message that names it.
 */
export interface AnalyticsOptions {
  /** The project's key, `phc_…`. Without one, and without a sink, analytics is off. `POSTHOG_API_KEY` */
  apiKey?: string | undefined;
  /** PostHog's address: the project's region, or a proxy. `POSTHOG_HOST` @default 'https://us.i.posthog.com' */
  host?: string | undefined;
  /** `false` switches everything off. `ANALYTICS_ENABLED` @default true */
  enabled?: boolean | undefined;
  /** The `environment` of every event. `ANALYTICS_ENVIRONMENT` @default NODE_ENV, then 'development' */
  environment?: string | undefined;
  /** The `source` of every event. `ANALYTICS_SOURCE` @default 'chat_copilot' */
  source?: string | undefined;
  /** What the library's own event names begin with. `ANALYTICS_EVENT_PREFIX` @default 'copilot_' */
  eventPrefix?: string | undefined;
  /** What becomes of events without a user. `ANALYTICS_ANONYMOUS_EVENTS` @default 'personless' */
  anonymousEvents?: 'personless' | 'profile' | 'drop' | undefined;
  /** Names the person and conversation of a request; replaces the default. */
  identity?: IdentityResolver | undefined;
  /** Whether a user may use the session id that the client claims. @default every claim is taken */
  verifySession?: SessionVerifier | undefined;
  /** Reads posthog-js's tracing headers. `ANALYTICS_POSTHOG_HEADERS` @default false */
  posthogHeaders?: boolean | undefined;
  /** Answers messages with the header `x-analytics-trace-id`. `ANALYTICS_EXPOSE_TRACE_ID` @default false */
  exposeTraceId?: boolean | undefined;
  /** `false`: no request frames; the application opens contexts itself. `ANALYTICS_INTERCEPTOR` @default true */
  interceptor?: boolean | undefined;
  /** Where events wait. `ANALYTICS_DELIVERY` @default 'spool' where a folder for it is named, else 'memory' */
  delivery?: 'memory' | 'spool' | undefined;
  /** The queue on disk, which outlives the process. */
  spool?: SpoolOptions | undefined;
  /** The most events that may wait in memory; at the limit new ones are refused. `ANALYTICS_MAX_PENDING` @default 100000 */
  maxPending?: number | undefined;
  /** The most bytes that wait. `ANALYTICS_MAX_PENDING_BYTES` @default 64 MB (67108864) */
  maxPendingBytes?: number | undefined;
  /** How long an event waits for others before it is sent, in milliseconds. `ANALYTICS_FLUSH_INTERVAL_MS` @default 1000 */
  flushIntervalMs?: number | undefined;
  /** How long a shutdown may wait for PostHog, in milliseconds. `ANALYTICS_SHUTDOWN_TIMEOUT_MS` @default 5000 */
  shutdownTimeoutMs?: number | undefined;
  /** The share of sessions that is kept, 0 to 1. `ANALYTICS_SAMPLE_RATE` @default 1 */
  sampleRate?: number | undefined;
  /** What of conversations may go out; `true` is all of it. Only in code. @default false */
  captureContent?: boolean | readonly CapturedContent[] | undefined;
  /** Agent frameworks whose runs, tools and calls of models are tracked: `[aiSdk()]`. Only in code. */
  integrations?: readonly AgentIntegration[] | undefined;
  /** Whether messages, runs and tools also go out as PostHog's traces. @default true where there are integrations */
  traces?: boolean | undefined;
  /** Who reports calls of models: this library, OpenRouter's own broadcast to PostHog, or nobody. @default 'ours' */
  generations?: 'ours' | 'openrouter' | 'off' | undefined;
  /** Tools whose success is an event of its own: `{ schedule_agent: 'trackAgentScheduled' }`. */
  toolEvents?: Readonly<Record<string, ToolEvent>> | undefined;
  /** Whether what a framework runs counts as an agent's run. @default a run that has a name */
  isAgentRun?: ((run: AgentRunInfo) => boolean) | undefined;
  /** Whether `graph_name` and `schedule_name` go out. `ANALYTICS_CAPTURE_NAMES` @default true */
  captureNames?: boolean | undefined;
  /** Whether error messages go out, redacted. `ANALYTICS_CAPTURE_ERROR_MESSAGES` @default false */
  captureErrorMessages?: boolean | undefined;
  /** The application's own events, from `defineEvents`. Checked while NODE_ENV is not 'production'. */
  catalog?: Catalog | undefined;
  /** In tests, the recorder throws where an event violates the catalog. @default false */
  strict?: boolean | undefined;
  /** Sinks see every event after `beforeSend`, beside PostHog; they are never retried. */
  sinks?: readonly EventSink[] | undefined;
  /**
   * Changes an event, or drops it with `null`, before it is stored or shown. Synchronous. If it throws, the event goes out
   * unchanged; if it returns no event (a promise, `undefined`), the event is dropped. Each is logged once.
   */
  beforeSend?: ((event: AnalyticsEvent) => AnalyticsEvent | null) | undefined;
  /**
   * Called once for each accepted event that will not arrive, with the reason; not for events of which only the number is
   * known (a damaged spool, a removed folder). `uuid` and `distinctId` are empty where the event was dropped before they
   * were decided. What it throws is logged.
   */
  onDrop?: ((event: AnalyticsEvent, reason: DropReason) => void) | undefined;
  /** Passed to posthog-node's client, for feature flags; its delivery options and `before_send` are refused. */
  posthog?: PostHogClientOptions | undefined;
}

/** The queue on disk of `spool` delivery. */
export interface SpoolOptions {
  /** Its folder, made where it is missing; several processes may share it. `ANALYTICS_SPOOL_DIR` */
  dir?: string | undefined;
  /** The most bytes of one application's pending events. `ANALYTICS_SPOOL_MAX_BYTES` @default 512 MB (536870912) */
  maxBytes?: number | undefined;
  /** Older events are dropped. `ANALYTICS_SPOOL_MAX_AGE_DAYS` @default 7 */
  maxAgeDays?: number | undefined;
  /** Which events go when it is full. `ANALYTICS_SPOOL_ON_FULL` @default 'drop-oldest' */
  onFull?: 'drop-oldest' | 'drop-newest' | undefined;
  /** Whether each write waits for the disk: survives a power loss too. `ANALYTICS_SPOOL_FSYNC` @default false */
  fsync?: boolean | undefined;
}

/** Makes the options of `forRootAsync({ useClass })`. */
export interface AnalyticsOptionsFactory {
  createAnalyticsOptions(): AnalyticsOptions | Promise<AnalyticsOptions>;
}

/** What `forRootAsync()` takes: one of `useFactory`, `useClass` and `useExisting`. */
export interface AnalyticsAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  /** Used where the factory's options leave it out. */
  interceptor?: boolean | undefined;
  /** Called with what `inject` names, in that order. A method, so that its parameters may have any types. */
  useFactory?(this: void, ...dependencies: unknown[]): AnalyticsOptions | Promise<AnalyticsOptions>;
  inject?: readonly (InjectionToken | OptionalFactoryDependency)[] | undefined;
  useClass?: Type<AnalyticsOptionsFactory> | undefined;
  useExisting?: Type<AnalyticsOptionsFactory> | undefined;
}
