import type { JsonValue } from '../event/analytics-event.js';

/**
 * Who and what a piece of work is for. Plain JSON: it can travel in a queue's job.
 *
 * @example
 * await AnalyticsContext.run({ userId: job.userId, sessionId: job.chatId }, () => handle(job));
 */
export interface AnalyticsContextValues {
  /** The signed-in user. `null`: there is none; absent: not known here, which beneath a context inherits its user. */
  userId?: string | null;
  /** The chat session (conversation), never a web session. `null` and absent as for `userId`. */
  sessionId?: string | null;
  /** PostHog's web session (UUIDv7) for the link to a replay; goes out as `$session_id`. */
  webSessionId?: string | null;
  /** The anonymous id of posthog-js, used only where there is no user. */
  anonymousId?: string | null;
  /** Group type → group key. */
  groups?: Readonly<Record<string, string>>;
  /** What started the work. Absent means `chat` in an HTTP, SSE, WebSocket or GraphQL frame. */
  trigger?: 'chat' | 'api' | 'schedule' | 'webhook';
  /** The id of what started it: a schedule's, a webhook's. */
  triggerRef?: string | null;
  /** Where the person is: `web`, `slack`, … */
  surface?: string | null;
  /** Feature flag → variant; goes out as `$feature/<key>`. */
  flags?: Readonly<Record<string, string | boolean>>;
  /** The prompt in use; goes out on `$ai_*` events. */
  prompt?: { readonly name: string; readonly version?: string | number };
  /** Properties for every event of this work; the weakest of all. */
  properties?: Readonly<Record<string, JsonValue>>;
  /** `false`: no consent. Silences everything beneath, counted as refused. */
  track?: boolean;
  /** The trace that this work belongs to. */
  traceId?: string;
  /** The span that this work is beneath. */
  parentSpanId?: string;
}
