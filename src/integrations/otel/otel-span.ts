// What is read of OpenTelemetry's spans, written down here so that no version of it has to be installed.

export type Attributes = Readonly<Record<string, unknown>>;

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span of OpenTelemetry's SDK, version 1 or 2. */
export interface OtelSpan {
  readonly name: string;
  readonly attributes: Attributes;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly events: readonly OtelSpanEvent[];
  /** Seconds and nanoseconds, as the two below. */
  readonly startTime: readonly [number, number];
  readonly duration: readonly [number, number];
  readonly parentSpanContext?: SpanContext | undefined;
  readonly parentSpanId?: string | undefined;
  readonly instrumentationScope?: { readonly name: string } | undefined;
  readonly instrumentationLibrary?: { readonly name: string } | undefined;
  spanContext(): SpanContext;
}

interface OtelSpanEvent {
  readonly name: string;
  readonly attributes?: Attributes | undefined;
  readonly time: readonly [number, number];
}

/** What a span stands for. */
export type SpanKind = 'run' | 'tool' | 'generation' | 'embedding';

const operations: Readonly<Record<string, SpanKind>> = {
  chat: 'generation',
  text_completion: 'generation',
  generate_content: 'generation',
  embeddings: 'embedding',
  execute_tool: 'tool',
  invoke_agent: 'run',
  create_agent: 'run',
  invoke_workflow: 'run',
};

/** The names of the AI SDK before it spoke the conventions. Its embeddings' outer spans hold nothing more than these. */
const aiSdkOperations: Readonly<Record<string, SpanKind>> = {
  'ai.generateText': 'run',
  'ai.streamText': 'run',
  'ai.generateObject': 'run',
  'ai.streamObject': 'run',
  'ai.generateText.doGenerate': 'generation',
  'ai.streamText.doStream': 'generation',
  'ai.generateObject.doGenerate': 'generation',
  'ai.streamObject.doStream': 'generation',
  'ai.embed.doEmbed': 'embedding',
  'ai.embedMany.doEmbed': 'embedding',
  'ai.toolCall': 'tool',
};

/** OpenLLMetry's names: of what it wraps, and of requests. */
const traceloopKinds: Readonly<Record<string, SpanKind>> = { workflow: 'run', agent: 'run', tool: 'tool' };
const requestTypes: Readonly<Record<string, SpanKind>> = {
  chat: 'generation',
  completion: 'generation',
  embedding: 'embedding',
};

/** What this span stands for, by the conventions of any year; `undefined` for all that is no span of theirs. */
export function kindOf({ attributes }: OtelSpan): SpanKind | undefined {
  const operation = attributes['gen_ai.operation.name'];
  if (typeof operation === 'string') return own(operations, operation);
  const known =
    own(aiSdkOperations, attributes['ai.operationId']) ??
    own(traceloopKinds, attributes['traceloop.span.kind']) ??
    own(requestTypes, attributes['llm.request.type']);
  if (known !== undefined) return known;
  // Before the conventions named operations, what named a model was a call of it.
  const isCall = attributes['ai.operationId'] === undefined && attributes['gen_ai.system'] !== undefined;
  return isCall && attributes['gen_ai.request.model'] !== undefined ? 'generation' : undefined;
}

export function scopeOf({ instrumentationScope, instrumentationLibrary }: OtelSpan): string {
  return (instrumentationScope ?? instrumentationLibrary)?.name ?? '';
}

export function parentIdOf({ parentSpanContext, parentSpanId }: OtelSpan): string | undefined {
  return parentSpanContext?.spanId ?? parentSpanId;
}

/** OpenTelemetry's pair of seconds and nanoseconds in milliseconds. */
export function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

/** The first of these attributes that is a text. */
export function textIn(attributes: Attributes, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

/** The first of these attributes that is a number. */
export function numberIn(attributes: Attributes, ...names: string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

function own(kinds: Readonly<Record<string, SpanKind>>, name: unknown): SpanKind | undefined {
  return typeof name === 'string' && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}
