// What is read of the spans of @openai/agents, written down here so that the package need not be installed.

/** What a span is of; each type has some of it. */
interface SpanData {
  readonly type: string;
  /** Of a task the workflow's, of an agent or a function its own. */
  readonly name?: string;
  /** A function's arguments, or the messages of a generation. */
  readonly input?: unknown;
  readonly output?: unknown;
  readonly model?: string;
  readonly model_config?: { readonly model_impl?: unknown; readonly provider?: unknown };
  /** A response's; absent where the run keeps content out of its spans. */
  readonly _input?: unknown;
  readonly _response?: unknown;
  readonly usage?: SpanUsage;
}

export interface SpanUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cached_input_tokens?: number;
  readonly cache_write_input_tokens?: number;
  /** Of a generation whose model is no client of OpenAI's. */
  readonly input_tokens_details?: unknown;
  readonly output_tokens_details?: unknown;
  readonly details?: unknown;
}

export interface SpanError {
  readonly message?: string;
  readonly data?: { readonly error?: unknown } | null | undefined;
}

export interface AgentsSpan {
  readonly spanId: string;
  readonly parentId: string | null;
  readonly traceId: string;
  readonly spanData: SpanData;
  readonly error: SpanError | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface AgentsTrace {
  readonly traceId: string;
  readonly groupId?: string | null;
}

/** What `addTraceProcessor` takes. */
export interface AgentsTraceProcessor {
  onTraceStart(trace: AgentsTrace): Promise<void>;
  onTraceEnd(trace: AgentsTrace): Promise<void>;
  onSpanStart(span: AgentsSpan): Promise<void>;
  onSpanEnd(span: AgentsSpan): Promise<void>;
  shutdown(timeout?: number): Promise<void>;
  forceFlush(): Promise<void>;
}

/** Wall clock of its begin, milliseconds since 1970. */
export function begunAt({ startedAt }: AgentsSpan): number | undefined {
  return startedAt === null ? undefined : Date.parse(startedAt);
}

/** Milliseconds from the begin of `first` to the end of `last`. */
export function durationOf(first: AgentsSpan, last: AgentsSpan = first): number | undefined {
  if (first.startedAt === null || last.endedAt === null) return undefined;
  return Math.max(0, Date.parse(last.endedAt) - Date.parse(first.startedAt));
}
