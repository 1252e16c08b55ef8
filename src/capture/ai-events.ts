import { countGeneration } from '../context/call-totals.js';
import type { Frame } from '../context/frame.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { JsonObject } from '../event/analytics-event.js';
import { openRouterTracingFields } from '../event/open-router.js';
import { ContentCapture, type CapturedContent } from './content-capture.js';
import { generationProperties, putOutcome, seconds } from './generation-properties.js';
import type { ModelCall } from './model-call.js';
import { recordAt, type TracePlace } from './record-at.js';

/** The settings of PostHog's AI events. */
export interface AiSettings {
  /** Whether messages, runs and tools also go out as `$ai_trace` and `$ai_span`. */
  readonly traces: boolean;
  /** Who reports calls of models. */
  readonly generations: 'ours' | 'openrouter' | 'off';
  readonly captureContent: ReadonlySet<CapturedContent>;
  readonly captureErrorMessages: boolean;
}

/** One node of a trace that is no call of a model. */
export interface TraceSpan extends Pick<ModelCall, 'outcome' | 'abortReason' | 'error'> {
  /** `trace`: the outermost, which stands for the whole. */
  readonly type: 'trace' | 'message' | 'agent' | 'tool';
  readonly name: string;
  readonly durationMs: number | null;
  readonly toolCallId?: string | undefined;
  /** What went in and came out; each goes out only where the kind of content that it is may. */
  readonly input?: unknown;
  readonly output?: unknown;
}

/** A tool call that an agent framework has begun, of which a decorated method is the execution. */
export interface ClaimedTool {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** As the model named the call. */
  readonly callId: string;
}

/** Lets a decorated tool take over the tool call that a framework began, so that it is told once. */
export interface ToolClaims {
  claim(outer: Frame | undefined, toolName: string): ClaimedTool | undefined;
}

/** PostHog's AI events: the nodes of a trace, and the calls of models. Nothing here throws. */
export class AiEvents {
  readonly content: ContentCapture;
  /** Set while an agent framework is integrated. */
  toolClaims: ToolClaims | undefined = undefined;

  constructor(
    readonly settings: AiSettings,
    private readonly record: (record: EventRecord) => void,
  ) {
    this.content = new ContentCapture(settings.captureContent);
  }

  get traces(): boolean {
    return this.settings.traces;
  }

  /** `$ai_trace` or `$ai_span`; nothing while traces are off. */
  span(place: TracePlace, span: TraceSpan): void {
    if (!this.settings.traces) return;
    const properties: JsonObject = { $ai_span_name: span.name };
    if (span.type !== 'trace') properties.$ai_span_type = span.type;
    if (span.toolCallId !== undefined) properties.$ai_tool_call_id = span.toolCallId;
    const latency = seconds(span.durationMs);
    if (latency !== undefined) properties.$ai_latency = latency;
    putOutcome(properties, span, this.settings.captureErrorMessages);
    const isTool = span.type === 'tool';
    const input = this.content.take(isTool ? 'toolArguments' : 'prompts', span.input);
    if (input !== undefined) properties.$ai_input_state = input;
    const output = this.content.take(isTool ? 'toolResults' : 'completions', span.output);
    if (output !== undefined) properties.$ai_output_state = output;
    this.emit(place, span.type === 'trace' ? '$ai_trace' : '$ai_span', {}, properties);
  }

  /**
   * `$ai_generation` or `$ai_embedding`, unless somebody else reports it; counted for the messages and runs around
   * it, `around`, in any case.
   */
  generation(place: TracePlace, call: ModelCall, around: Frame | undefined, given: JsonObject = {}): void {
    if (call.kind !== 'embedding') countGeneration(around, call);
    markTold(around, call.kind === 'embedding' ? 'embeddingTold' : 'generationTold');
    if (!this.reports(call)) return;
    const properties = generationProperties(call, this.content, this.settings.captureErrorMessages);
    this.emit(place, call.kind === 'embedding' ? '$ai_embedding' : '$ai_generation', given, properties);
  }

  private reports({ kind, provider, baseUrl }: ModelCall): boolean {
    const { generations } = this.settings;
    if (generations !== 'openrouter') return generations === 'ours';
    // Clients that speak OpenAI's protocol call OpenRouter "openai" too, so only embeddings of others are surely not its.
    const call = { environment: '', provider: provider ?? undefined, baseURL: baseUrl };
    return kind === 'embedding' && provider != null && Object.keys(openRouterTracingFields(call)).length === 0;
  }

  private emit(place: TracePlace, event: string, given: JsonObject, measured: JsonObject): void {
    const record = recordAt(place, event, given, measured);
    // A parent that is not emitted would hide what is beneath it in PostHog's tree.
    const hidesParent = !this.settings.traces && place.parentSpanId !== place.traceId;
    this.record(hidesParent ? { ...record, parentSpanId: undefined } : record);
  }
}

/** A model call inside a `@TrackGeneration` method is that method's own: only the nearest such method is marked. */
function markTold(around: Frame | undefined, told: 'generationTold' | 'embeddingTold'): void {
  for (let frame = around; frame !== undefined; frame = frame.parent) {
    const { call } = frame;
    if (call?.tracksGeneration !== true || call.isOver) continue;
    call[told] = true;
    return;
  }
}
