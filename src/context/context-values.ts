import type { JsonValue } from '../event/analytics-event.js';

/**
 * Who and what a piece of work is for. Plain JSON: it can travel in a queue's job.
 *
 * @example
 * await AnalyticsContext.run({ userId: job.userId, sessionId: job.chatId }, () => handle(job));
 */
export interface AnalyticsContextValues {
  /** The signed-in user. `null`: there is none; absent: not known here, which beneath a context inherits its user. */
  userId?: string | null | undefined;
  /** The chat session (conversation), never a web session. `null` and absent as for `userId`. */
  sessionId?: string | null | undefined;
  /** PostHog's web session (UUIDv7) for the link to a replay; goes out as `$session_id`. */
  webSessionId?: string | null | undefined;
  /** The anonymous id of posthog-js, used only where there is no user. */
  anonymousId?: string | null | undefined;
  /** Group type → group key. */
  groups?: Readonly<Record<string, string>> | undefined;
  /** What started the work. Absent means `chat` in an HTTP, SSE, WebSocket or GraphQL frame. */
  trigger?: 'chat' | 'api' | 'schedule' | 'webhook' | undefined;
  /** The id of what started it: a schedule's, a webhook's. */
  triggerRef?: string | null | undefined;
  /** Where the person is: `web`, `slack`, … */
  surface?: string | null | undefined;
  /** Feature flag → variant; goes out as `$feature/<key>`. */
  flags?: Readonly<Record<string, string | boolean>> | undefined;
  /** The prompt in use; goes out on `$ai_*` events. */
  prompt?: { readonly name: string; readonly version?: string | number | undefined } | undefined;
  /** Properties for every event of this work; the weakest of all. */
  properties?: Readonly<Record<string, JsonValue>> | undefined;
  /** `false`: no consent. Silences everything beneath, counted as refused. */
  track?: boolean | undefined;
  /** The trace that this work belongs to. */
  traceId?: string | undefined;
  /** The span that this work is beneath. */
  parentSpanId?: string | undefined;
}
