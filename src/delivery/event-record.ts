import type { AnalyticsContextValues } from '../context/context-values.js';
import type { JsonObject } from '../event/analytics-event.js';

/**
 * What a call leaves behind on the request path: values fixed and copied, nothing decided yet.
 * The drain makes an event of it: person, order of properties, mending, uuid, bytes.
 */
export interface EventRecord {
  /** The name on the wire, prefix included. */
  readonly event: string;
  /** Wall clock of the moment, milliseconds since 1970. */
  readonly time: number;
  /** What the caller passed and what a decorator filled in, copied to JSON values (the caller's win). */
  readonly properties: JsonObject;
  /** Measured values (duration_ms, outcome, …); nothing that a caller passes overwrites them. */
  readonly measured?: JsonObject | undefined;
  /** The context's values as they were when the call began; never written to again. */
  readonly context: AnalyticsContextValues;
  /** The caller's explicit user id, or the decorator's; `undefined`: take the context's. `null`: anonymous. */
  readonly userId?: string | number | bigint | null | undefined;
  /** Likewise the chat session. */
  readonly sessionId?: string | number | bigint | null | undefined;
  readonly groups?: Readonly<Record<string, string>> | undefined;
  /** Ids of the trace, where the moment lies inside one. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly parentSpanId?: string | undefined;
  /** Makes the uuid a v5 of it, so that retellings are one event. */
  readonly dedupKey?: string | undefined;
  /** A declared property that is given a new uuid in the drain, where the caller has none: made there, it is free here. */
  readonly newId?: 'tool_call_id' | undefined;
  /** About how many bytes its event will have, the context's properties apart, where its maker knows. */
  readonly bytes?: number | undefined;
  /** `Class.method` that emitted it; goes to diagnostics, not to PostHog. */
  readonly source?: string | undefined;
  /**
   * `event` (default): session, environment, source and the person rules of docs/events.md apply.
   * `plain`: identify, alias, group, and what POSTHOG_CLIENT captured: sent as it is, with the `$lib` properties only
   * where absent; the record's `distinctId` and `uuid` are used.
   */
  readonly kind?: 'event' | 'plain' | undefined;
  readonly distinctId?: string | undefined;
  readonly uuid?: string | undefined;
}
