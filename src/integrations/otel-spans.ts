import { reasonOfAbort } from '../capture/abort-reason.js';
import { contextStorage, currentFrame } from '../context/context-storage.js';
import type { Frame } from '../context/frame.js';
import { failureOf, isToolCutOff, isUnanswered } from './otel-endings.js';
import { inputIn, read } from './otel-messages.js';
import { answerOf, requestOf } from './otel-model-call.js';
import { OtelRun } from './otel-run.js';
import {
  kindOf,
  milliseconds,
  numberIn,
  parentIdOf,
  scopeOf,
  textIn,
  type OtelSpan,
  type SpanKind,
} from './otel-span.js';
import { RecordedModelCall } from './recorded-model-call.js';
import type { RecordedRun } from './recorded-run.js';
import type { SpanEnd } from './recorded-span.js';
import { RecordedTool } from './recorded-tool.js';
import type { RunRecorder } from './run-recorder.js';

export interface OtelSpansOptions {
  /** Whether another integration tells the spans of this instrumentation. */
  readonly isLeftOut: (scope: string) => boolean;
  readonly finalTools: readonly string[];
}

/** An open span with what those beneath it need of it. Spans of anything else stand between them. */
interface Node {
  readonly kind: SpanKind | undefined;
  readonly isLeftOut: boolean;
  readonly parent: Node | undefined;
  /** The frame that it was begun in. */
  readonly frame: Frame | undefined;
  /** What lies directly beneath it hangs on this. */
  readonly inside: RecordedRun | RecordedTool | undefined;
  readonly run: OtelRun | undefined;
  readonly call?: RecordedModelCall | undefined;
  readonly toolName?: string | undefined;
  /** A span beneath it tells the same. */
  isToldBeneath?: boolean;
}

const MOST_SPANS = 50_000;

/** Makes calls of the recorder of OpenTelemetry's spans. */
export class OtelSpans {
  private readonly nodes = new Map<string, Node>();
  /** Both never throw. */
  readonly start: (span: OtelSpan) => void;
  readonly end: (span: OtelSpan) => void;

  constructor(
    private readonly recorder: RunRecorder,
    private readonly options: OtelSpansOptions,
  ) {
    this.start = recorder.guard('otel() onStart', (span: OtelSpan) => this.begun(span));
    this.end = recorder.guard('otel() onEnd', (span: OtelSpan) => this.ended(span));
  }

  private begun(span: OtelSpan): void {
    const { spanId } = span.spanContext();
    this.nodes.set(spanId, this.nodeOf(span));
    // Some never end: whoever reads a stream may walk away.
    if (this.nodes.size > MOST_SPANS) this.nodes.delete(this.nodes.keys().next().value as string);
  }

  private nodeOf(span: OtelSpan): Node {
    const parentId = parentIdOf(span);
    const parent = parentId === undefined ? undefined : this.nodes.get(parentId);
    const isLeftOut = this.options.isLeftOut(scopeOf(span));
    const frame = currentFrame();
    // Beneath what somebody else tells, the context knows the place.
    if (isLeftOut) return { kind: undefined, isLeftOut, parent, frame, inside: undefined, run: undefined };
    const kind = kindOf(span);
    const inside = parent === undefined ? this.endedParent(span) : parent.inside;
    const node: Node = { kind, isLeftOut, parent, frame, inside, run: parent?.run };
    if (kind === 'run') return this.runNode(span, node);
    if (kind === 'tool') return this.toolNode(span, node);
    if (kind === 'generation') return this.modelNode(span, node);
    const around = kind === 'embedding' ? toldAround(node) : undefined;
    if (around?.kind === 'embedding') around.isToldBeneath = true;
    return node;
  }

  private runNode(span: OtelSpan, node: Node): Node {
    const { attributes } = span;
    const { traceId, spanId } = span.spanContext();
    const operation = textIn(attributes, 'gen_ai.operation.name', 'ai.operationId') ?? 'run';
    const recorded = this.recorder.run({
      ...this.startOf(span, node),
      framework: 'otel',
      name: textIn(attributes, ...agentNames),
      operation,
      // To set an agent up is not to run it.
      isAgentRun: operation === 'create_agent' ? false : undefined,
      // One trace may hold several runs, whose own traces must not be one.
      traceId: parentIdOf(span) === undefined ? traceId : `${traceId}-${spanId}`,
    });
    const run = new OtelRun(recorded, this.recorder);
    run.asked(inputIn(attributes));
    return { ...node, inside: recorded, run };
  }

  private toolNode(span: OtelSpan, node: Node): Node {
    const { attributes } = span;
    const toolName = textIn(attributes, 'gen_ai.tool.name', 'ai.toolCall.name', 'traceloop.entity.name') ?? 'unknown';
    const around = toldAround(node);
    // The same call, seen once more on its way.
    if (around?.kind === 'tool' && around.toolName === toolName) return { ...node, toolName };
    const callId = textIn(attributes, 'gen_ai.tool.call.id', 'ai.toolCall.id');
    node.run?.toolBegun(callId);
    const given = read(attributes['gen_ai.tool.call.arguments'] ?? attributes['ai.toolCall.args']);
    const recorded = this.recorder.tool({ ...this.startOf(span, node), name: toolName, callId, arguments: given });
    return { ...node, inside: recorded, toolName };
  }

  private modelNode(span: OtelSpan, node: Node): Node {
    // The client that a framework calls tells the framework's call again.
    if (toldAround(node)?.kind === 'generation') return node;
    node.run?.modelBegun();
    if (node.run?.isUnasked === true) node.run.asked(inputIn(span.attributes));
    return { ...node, call: this.recorder.modelCall({ ...this.startOf(span, node), ...this.callOf(span) }) };
  }

  /** With the content of its start, if anybody wants it. */
  private callOf(span: OtelSpan) {
    const { attributes } = span;
    return {
      ...requestOf(span),
      input: this.recorder.captures('prompts') ? inputIn(attributes) : undefined,
      tools: this.recorder.captures('toolDefinitions') ? toolsIn(attributes) : undefined,
    };
  }

  private startOf(span: OtelSpan, { inside }: Node) {
    const { traceId, spanId } = span.spanContext();
    return {
      key: keyOf(traceId, spanId),
      parent: inside,
      traceId,
      sessionId: textIn(span.attributes, 'gen_ai.conversation.id'),
      userId: textIn(span.attributes, 'posthog.distinct_id'),
    };
  }

  /** A parent may end before what was begun beneath it. */
  private endedParent(span: OtelSpan): RecordedRun | RecordedTool | undefined {
    const parentId = parentIdOf(span);
    const found = parentId === undefined ? undefined : this.recorder.find(keyOf(span.spanContext().traceId, parentId));
    return found instanceof RecordedModelCall ? undefined : found;
  }

  private ended(span: OtelSpan): void {
    const { spanId } = span.spanContext();
    const node = this.nodes.get(spanId);
    if (node === undefined || node.isLeftOut) return void this.nodes.delete(spanId);
    this.nodes.delete(spanId);
    const { kind, call, run, inside } = node;
    if (kind === 'run') run?.end(span, this.options.finalTools);
    else if (call !== undefined) this.modelEnds(span, node, call);
    else if (kind === 'tool' && inside instanceof RecordedTool && toldAround(node)?.inside !== inside) {
      this.toolEnds(span, node, inside);
    } else if (kind === 'embedding') this.tellLate(span, node, 'embedding');
    else if (kind === undefined) this.tellLate(span, node, kindOf(span));
  }

  private modelEnds(span: OtelSpan, { run }: Node, call: RecordedModelCall): void {
    const failure = failureOf(span);
    const isCutOff = failure === undefined && isUnanswered(span);
    if (run !== undefined) run.isCutOff = isCutOff;
    const { attributes } = span;
    call.end({
      ...answerOf(span),
      ...(isCutOff ? cutOff(call) : (failure ?? { outcome: 'success' as const })),
      // Written down after the start, perhaps.
      ...this.contentAtEnd(attributes),
    });
  }

  private contentAtEnd(attributes: OtelSpan['attributes']) {
    const { recorder } = this;
    return {
      input: recorder.captures('prompts') ? inputIn(attributes) : undefined,
      tools: recorder.captures('toolDefinitions') ? toolsIn(attributes) : undefined,
    };
  }

  private toolEnds(span: OtelSpan, { run }: Node, tool: RecordedTool): void {
    const { attributes } = span;
    const seconds = numberIn(attributes, 'gen_ai.execute_tool.duration');
    const durationMs = seconds === undefined ? milliseconds(span.duration) : seconds * 1_000;
    const result = read(attributes['gen_ai.tool.call.result'] ?? attributes['ai.toolCall.result']);
    const isCutOff = isToolCutOff(span);
    if (run !== undefined) run.isCutOff = isCutOff;
    tool.end({ ...(isCutOff ? cutOff(tool) : failureOf(span)), result, durationMs });
  }

  /** What only its end shows to be a call of a model or of a tool; an embedding that nothing beneath it tells. */
  private tellLate(span: OtelSpan, node: Node, kind: SpanKind | undefined): void {
    if (kind === undefined || kind === 'run' || node.isToldBeneath === true) return;
    contextStorage.run(node.frame, () => {
      const time = milliseconds(span.startTime);
      if (kind === 'tool') {
        const { inside } = this.toolNode(span, node);
        if (inside instanceof RecordedTool && inside !== node.inside) this.toolEnds(span, node, inside);
        return;
      }
      if (kind === 'generation' && toldAround(node)?.kind === 'generation') return;
      const call = this.recorder.modelCall({ ...this.startOf(span, node), ...this.callOf(span), kind, time });
      const failure = failureOf(span) ?? { outcome: 'success' as const };
      call.end({ ...answerOf(span), ...failure });
    });
  }
}

const agentNames = ['gen_ai.agent.name', 'gen_ai.workflow.name', 'ai.telemetry.functionId', 'traceloop.entity.name'];

/** The nearest span of the conventions around this one. */
function toldAround({ parent }: Node): Node | undefined {
  for (let around = parent; around !== undefined; around = around.parent) {
    if (around.kind !== undefined) return around;
  }
  return undefined;
}

function cutOff({ outer }: { readonly outer: Frame | undefined }): SpanEnd {
  return { outcome: 'aborted', abortReason: reasonOfAbort(undefined, outer) };
}

function toolsIn(attributes: OtelSpan['attributes']): unknown {
  return read(attributes['gen_ai.tool.definitions'] ?? attributes['ai.prompt.tools']);
}

function keyOf(traceId: string, spanId: string): string {
  return `otel ${traceId} ${spanId}`;
}
