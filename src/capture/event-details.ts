import type { ModelCall } from './model-call.js';

/** How something that was measured ended. */
export type Outcome = 'success' | 'error' | 'aborted' | 'interrupted' | 'step_limit' | 'abandoned' | 'queued';

/** Why something was aborted. */
export type AbortReason = 'client_closed' | 'user_stopped' | 'timeout' | 'unconsumed' | 'shutdown';

/** An id as applications have it; numbers and bigints become strings. */
export type Id = string | number | bigint;

/** Who an event is for, and when it happened: common to everything captured by hand. What is absent comes from `AnalyticsContext`. */
export interface CaptureOptions {
  /** `null` or absent: the context's user, else anonymous. */
  userId?: Id | null | undefined;
  /** The chat session (conversation), never a web session. */
  sessionId?: Id | null | undefined;
  /** Group type → group key; replaces the context's. */
  groups?: Readonly<Record<string, string>> | undefined;
  /**
   * When it happened; a Date, ISO text or milliseconds since 1970. An unreadable time, or one before 1970 or after 9999,
   * becomes now. @default now
   */
  timestamp?: Date | string | number | undefined;
  /** Events with the same key and name, on the same UTC day and person, become one at PostHog. */
  dedupKey?: string | undefined;
}

/** Details common to the `track…` methods. */
export interface EventDetails extends CaptureOptions {
  /** Further properties; none overwrites a declared or a measured one. */
  properties?: Readonly<Record<string, unknown>> | undefined;
}

/** How something that was measured went. */
export interface MeasuredDetails extends EventDetails {
  outcome?: Outcome | undefined;
  /** Milliseconds. */
  durationMs?: number | null | undefined;
  /** The error's class name, never its message. */
  errorType?: string | null | undefined;
}

/** What `trackUserMessage()` takes. */
export interface UserMessageDetails extends EventDetails {
  /** Unicode code points of the message; `messageLength('…')` counts them. */
  messageLength: number | null;
}

/** What `trackToolCalled()` takes. */
export interface ToolCallDetails extends MeasuredDetails {
  toolName: string;
  toolCallId?: string | null | undefined;
}

/** What names an agent. */
export interface AgentDetails extends MeasuredDetails {
  graphId?: string | null | undefined;
  graphName?: string | null | undefined;
  libraryAgentId?: string | null | undefined;
}

/** What `trackAgentRunSuccess()` takes. */
export interface AgentRunDetails extends AgentDetails {
  executionId?: string | null | undefined;
}

/** What `trackAgentRunFinished()` takes. */
export interface AgentRunEnd extends AgentRunDetails {
  executionId: string;
  /** `interrupted` and `queued` are not endings; such a call is ignored. */
  outcome: Outcome;
  failureReason?: string | null | undefined;
  abortReason?: AbortReason | undefined;
  /** With it the event has a `duration_ms`. */
  startedAt?: Date | string | number | undefined;
  /**
   * When the run ended. Pass it where several processes may report the same end: reports merge only within one UTC
   * day. @default `timestamp`, else now
   */
  finishedAt?: Date | string | number | undefined;
  costUsd?: number | null | undefined;
  model?: string | null | undefined;
  inputTokens?: number | null | undefined;
  outputTokens?: number | null | undefined;
  toolCalls?: number | null | undefined;
  toolErrors?: number | null | undefined;
  generations?: number | null | undefined;
}

/** What `trackAgentScheduled()` takes. */
export interface AgentScheduleDetails extends AgentDetails {
  scheduleId?: string | null | undefined;
  scheduleName?: string | null | undefined;
  cron?: string | null | undefined;
}

/** What `trackTriggerSetup()` takes. */
export interface TriggerSetupDetails extends AgentDetails {
  triggerType: string;
}

/** What `trackScheduleFired()` takes. */
export interface ScheduleFiredDetails extends EventDetails {
  scheduleId: string;
  graphId?: string | null | undefined;
  executionId?: string | null | undefined;
}

/** What `trackTriggerFired()` takes. */
export interface TriggerFiredDetails extends EventDetails {
  triggerType: string;
  triggerRef?: string | null | undefined;
  graphId?: string | null | undefined;
  executionId?: string | null | undefined;
}

/** What `trackMessageBlocked()` takes. */
export interface MessageBlockedDetails extends EventDetails {
  reason: 'rate_limit' | 'budget' | 'moderation' | 'auth';
}

/** What `trackToolDecision()` takes. */
export interface ToolDecisionDetails extends EventDetails {
  toolName: string;
  toolCallId?: string | null | undefined;
  decision: 'accept' | 'reject';
  /** Milliseconds from the question to the answer. */
  waitMs?: number | null | undefined;
}

/** A call of a model; what is absent is read from `answer`, if that is given, else unknown. */
export interface GenerationDetails extends CaptureOptions, ModelCall {
  /** What the model's client answered: of OpenAI, OpenRouter or Anthropic. Only its numbers and names are read. */
  answer?: unknown;
  /** When the request went out. With it the event has a latency. */
  startedAt?: Date | string | number | undefined;
  /** The trace that the call belongs to. @default the context's, else one of its own */
  traceId?: string | undefined;
  /** Further properties. */
  properties?: Readonly<Record<string, unknown>> | undefined;
}

/** What `trackFeedback()` takes. */
export interface FeedbackDetails extends EventDetails {
  rating: 'up' | 'down';
  /** The trace of the answer, from `x-analytics-trace-id`. @default the context's */
  traceId?: string | undefined;
  /** Goes out only under `captureContent: ['feedback']`. */
  comment?: string | undefined;
}
