import type { AbortReason, Outcome } from './event-details.js';

/** One call of a model, as far as it is known. What is absent stays away from its event. */
export interface ModelCall {
  /** @default 'generation' */
  kind?: 'generation' | 'embedding' | undefined;
  /** As the client names it: `openai`, `anthropic`, `openrouter.chat`. */
  provider?: string | null | undefined;
  model?: string | null | undefined;
  /** Where the client sends its requests; tells OpenRouter from others that speak OpenAI's protocol. */
  baseUrl?: string | undefined;
  inputTokens?: number | null | undefined;
  outputTokens?: number | null | undefined;
  cacheReadTokens?: number | null | undefined;
  cacheWriteTokens?: number | null | undefined;
  /** Whether `inputTokens` leaves the cached tokens out, as Anthropic's own API counts. @default false */
  cacheIsExclusive?: boolean | undefined;
  reasoningTokens?: number | null | undefined;
  /** What the provider says that the call cost, in US dollars (OpenRouter does). */
  costUsd?: number | null | undefined;
  stopReason?: string | null | undefined;
  isStream?: boolean | undefined;
  /** Milliseconds from the request to the first output. */
  timeToFirstTokenMs?: number | null | undefined;
  /** Milliseconds. */
  durationMs?: number | null | undefined;
  outcome?: Outcome | undefined;
  abortReason?: AbortReason | undefined;
  /** What the call threw; its type goes out, its message only under `captureErrorMessages`. */
  error?: unknown;
  httpStatus?: number | null | undefined;
  /** Requests that failed before the one that is told here. */
  retries?: number | undefined;
  /** The names of the tools that the model asked for, in order. */
  toolsCalled?: readonly string[] | undefined;
  /** The messages; go out under `captureContent: ['prompts']` only. */
  input?: unknown;
  /** What the model answered; under `completions` only. */
  output?: unknown;
  /** The definitions of tools; under `toolDefinitions` only. */
  tools?: unknown;
}
