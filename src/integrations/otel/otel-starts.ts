import { currentFrame } from '../../context/context-storage.js';
import { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { inputIn, read } from './otel-messages.js';
import { requestOf } from './otel-model-call.js';
import { toldAround, type OtelNode } from './otel-node.js';
import { OtelRun } from './otel-run.js';
import { kindOf, parentIdOf, scopeOf, textIn, type OtelSpan } from './otel-span.js';

/** What a span begins: a run, a tool or a call of a model, beneath the nearest that its parents have begun. */
export class OtelStarts {
  constructor(
    private readonly recorder: RunRecorder,
    private readonly isLeftOut: (scope: string) => boolean,
  ) {}

  nodeOf(span: OtelSpan, parent: OtelNode | undefined): OtelNode {
    const isLeftOut = this.isLeftOut(scopeOf(span));
    const frame = currentFrame();
    // Beneath what somebody else tells, the context knows the place.
    if (isLeftOut) return { kind: undefined, isLeftOut, parent, frame, inside: undefined, run: undefined };
    const kind = kindOf(span);
    const inside = parent === undefined ? this.endedParent(span) : parent.inside;
    const node: OtelNode = { kind, isLeftOut, parent, frame, inside, run: parent?.run };
    if (kind === 'run') return this.runNode(span, node);
    if (kind === 'tool') return this.toolNode(span, node);
    if (kind === 'generation') return this.modelNode(span, node);
    const around = kind === 'embedding' ? toldAround(node) : undefined;
    if (around?.kind === 'embedding') around.isToldBeneath = true;
    return node;
  }

  private runNode(span: OtelSpan, node: OtelNode): OtelNode {
    const { attributes } = span;
    const { traceId, spanId } = span.spanContext();
    const operation = textIn(attributes, 'gen_ai.operation.name', 'ai.operationId') ?? 'run';
    const recorded = this.recorder.run({
      ...startOf(span, node),
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

  toolNode(span: OtelSpan, node: OtelNode, time?: number): OtelNode {
    const { attributes } = span;
    const toolName = textIn(attributes, 'gen_ai.tool.name', 'ai.toolCall.name', 'traceloop.entity.name') ?? 'unknown';
    const around = toldAround(node);
    // The same call, seen once more on its way.
    if (around?.kind === 'tool' && around.toolName === toolName) return { ...node, toolName };
    const callId = textIn(attributes, 'gen_ai.tool.call.id', 'ai.toolCall.id');
    node.run?.toolBegun(callId);
    const given = read(attributes['gen_ai.tool.call.arguments'] ?? attributes['ai.toolCall.args']);
    const tool = this.recorder.tool({ ...startOf(span, node), name: toolName, callId, arguments: given, time });
    return { ...node, inside: tool, tool, toolName };
  }

  private modelNode(span: OtelSpan, node: OtelNode): OtelNode {
    // The client that a framework calls tells the framework's call again.
    if (toldAround(node)?.kind === 'generation') return node;
    node.run?.modelBegun();
    if (node.run?.isUnasked === true) node.run.asked(inputIn(span.attributes));
    return { ...node, call: this.modelCall(span, node, 'generation') };
  }

  modelCall(span: OtelSpan, node: OtelNode, kind: 'generation' | 'embedding', time?: number): RecordedModelCall {
    return this.recorder.modelCall({ ...startOf(span, node), ...requestOf(span), kind, time });
  }

  /** A parent may end before what was begun beneath it. */
  private endedParent(span: OtelSpan): RecordedRun | RecordedTool | undefined {
    const parentId = parentIdOf(span);
    const found = parentId === undefined ? undefined : this.recorder.find(keyOf(span.spanContext().traceId, parentId));
    return found instanceof RecordedModelCall ? undefined : found;
  }
}

const agentNames = ['gen_ai.agent.name', 'gen_ai.workflow.name', 'ai.telemetry.functionId', 'traceloop.entity.name'];

function startOf(span: OtelSpan, { inside }: OtelNode) {
  const { traceId, spanId } = span.spanContext();
  return {
    key: keyOf(traceId, spanId),
    parent: inside,
    traceId,
    sessionId: textIn(span.attributes, 'gen_ai.conversation.id'),
    userId: textIn(span.attributes, 'posthog.distinct_id'),
  };
}

function keyOf(traceId: string, spanId: string): string {
  return `otel ${traceId} ${spanId}`;
}
