import { reasonOfAbort } from '../../capture/abort-reason.js';
import { contextStorage } from '../../context/context-storage.js';
import type { Frame } from '../../context/frame.js';
import type { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { SpanEnd } from '../recorder/recorded-span.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { failureOf, isToolCutOff, isUnanswered } from './otel-endings.js';
import { inputIn, read } from './otel-messages.js';
import { answerOf } from './otel-model-call.js';
import { toldAround, type OtelNode } from './otel-node.js';
import { kindOf, milliseconds, numberIn, parentIdOf, type OtelSpan } from './otel-span.js';
import { OtelStarts } from './otel-starts.js';

export interface OtelSpansOptions {
  /** Whether another integration tells the spans of this tracer. */
  readonly isLeftOut: (scope: string) => boolean;
  readonly finalTools: readonly string[];
}

const MOST_SPANS = 50_000;

/** Makes calls of the recorder of OpenTelemetry's spans. */
export class OtelSpans {
  private readonly nodes = new Map<string, OtelNode>();
  private readonly starts: OtelStarts;
  /** Both never throw. */
  readonly start: (span: OtelSpan) => void;
  readonly end: (span: OtelSpan) => void;

  constructor(
    private readonly recorder: RunRecorder,
    private readonly options: OtelSpansOptions,
  ) {
    this.starts = new OtelStarts(recorder, options.isLeftOut);
    this.start = recorder.guard('otel() onStart', (span: OtelSpan) => this.begun(span));
    this.end = recorder.guard('otel() onEnd', (span: OtelSpan) => this.ended(span));
  }

  /** Whether what begins now is another application's. */
  get isElsewhere(): boolean {
    return this.recorder.isElsewhere;
  }

  /** Whether the span's parent is open here. */
  hasParent(span: OtelSpan): boolean {
    const parentId = parentIdOf(span);
    return parentId !== undefined && this.nodes.has(parentId);
  }

  private begun(span: OtelSpan): void {
    const parentId = parentIdOf(span);
    const parent = parentId === undefined ? undefined : this.nodes.get(parentId);
    this.nodes.set(span.spanContext().spanId, this.starts.nodeOf(span, parent));
    // Some never end: whoever reads a stream may walk away.
    if (this.nodes.size > MOST_SPANS) this.nodes.delete(this.nodes.keys().next().value as string);
  }

  private ended(span: OtelSpan): void {
    const { spanId } = span.spanContext();
    const node = this.nodes.get(spanId);
    this.nodes.delete(spanId);
    if (node === undefined || node.isLeftOut) return;
    const { kind, call, tool, run } = node;
    if (kind === 'run') run?.end(span, this.options.finalTools);
    else if (call !== undefined) this.modelEnds(span, node, call);
    else if (tool !== undefined) this.toolEnds(span, node, tool);
    else if (kind === undefined || kind === 'embedding') this.tellLate(span, node);
  }

  private modelEnds(span: OtelSpan, { run }: OtelNode, call: RecordedModelCall): void {
    const { recorder } = this;
    const { attributes } = span;
    const failure = failureOf(span);
    // Of embeddings hardly anything is written down.
    const isCutOff = failure === undefined && kindOf(span) === 'generation' && isUnanswered(span);
    if (run !== undefined) run.isCutOff = isCutOff;
    call.end({
      ...answerOf(span),
      ...(isCutOff ? cutOff(call) : failure),
      // Some write these down at the end only.
      input: recorder.captures('prompts') ? inputIn(attributes) : undefined,
      tools: recorder.captures('toolDefinitions') ? definitionsIn(attributes) : undefined,
    });
  }

  private toolEnds(span: OtelSpan, { run }: OtelNode, tool: RecordedTool): void {
    const { attributes } = span;
    const seconds = numberIn(attributes, 'gen_ai.execute_tool.duration');
    const durationMs = seconds === undefined ? milliseconds(span.duration) : seconds * 1_000;
    const result = read(attributes['gen_ai.tool.call.result'] ?? attributes['ai.toolCall.result']);
    const isCutOff = isToolCutOff(span);
    if (run !== undefined) run.isCutOff = isCutOff;
    tool.end({ ...(isCutOff ? cutOff(tool) : failureOf(span)), result, durationMs });
  }

  /** What only its end shows to be a call of a model or a tool's, and an embedding: of two spans the inner one is told. */
  private tellLate(span: OtelSpan, node: OtelNode): void {
    const kind = kindOf(span);
    const isAgain = kind === 'generation' && toldAround(node)?.kind === 'generation';
    if (kind === undefined || kind === 'run' || isAgain || node.isToldBeneath === true) return;
    const time = milliseconds(span.startTime);
    contextStorage.run(node.frame, () => {
      if (kind !== 'tool') return this.modelEnds(span, node, this.starts.modelCall(span, node, kind, time));
      const { tool } = this.starts.toolNode(span, node, time);
      if (tool !== undefined) this.toolEnds(span, node, tool);
    });
  }
}

function cutOff({ outer }: { readonly outer: Frame | undefined }): SpanEnd {
  return { outcome: 'aborted', abortReason: reasonOfAbort(undefined, outer) };
}

function definitionsIn(attributes: OtelSpan['attributes']): unknown {
  return read(attributes['gen_ai.tool.definitions'] ?? attributes['ai.prompt.tools']);
}
