import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { KnownTraces } from './openai-agents-calls.js';
import { AgentsRun } from './openai-agents-run.js';
import type { AgentsSpan, AgentsTrace, AgentsTraceProcessor } from './openai-agents-spans.js';
import { AgentsTool } from './openai-agents-tool.js';
import { AgentsTurn } from './openai-agents-turn.js';

/** An open span with what its children need of it. */
interface Node {
  readonly span: AgentsSpan;
  readonly parent: Node | undefined;
  readonly children: Set<Node>;
  readonly run: AgentsRun | undefined;
  readonly agent: RecordedRun | undefined;
  readonly turn: AgentsTurn | undefined;
  readonly tool: AgentsTool | undefined;
}

const MOST_SPANS = 50_000;

/** Makes calls of the recorder of the spans of `@openai/agents`. A processor that throws would end the run. */
export class OpenAiAgentsProcessor implements AgentsTraceProcessor {
  private readonly nodes = new Map<string, Node>();
  private readonly traces = new KnownTraces();
  private readonly starts: (span: AgentsSpan) => void;
  private readonly ends: (span: AgentsSpan) => void;
  private isStopped = false;

  constructor(private readonly recorder: RunRecorder) {
    this.starts = recorder.guard('openAiAgents() onSpanStart', (span: AgentsSpan) => this.start(span));
    this.ends = recorder.guard('openAiAgents() onSpanEnd', (span: AgentsSpan) => this.end(span));
  }

  async onTraceStart(trace: AgentsTrace): Promise<void> {
    if (!this.isStopped) this.traces.begun(trace.traceId, trace.groupId ?? undefined);
    return Promise.resolve();
  }

  async onTraceEnd(): Promise<void> {
    return Promise.resolve();
  }

  async onSpanStart(span: AgentsSpan): Promise<void> {
    if (!this.isStopped) this.starts(span);
    return Promise.resolve();
  }

  async onSpanEnd(span: AgentsSpan): Promise<void> {
    if (!this.isStopped) this.ends(span);
    return Promise.resolve();
  }

  async shutdown(): Promise<void> {
    return Promise.resolve();
  }

  async forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing takes a processor away again: it does nothing more instead. */
  stop(): void {
    this.isStopped = true;
    this.nodes.clear();
  }

  private start(span: AgentsSpan): void {
    const parent = span.parentId === null ? undefined : this.nodes.get(span.parentId);
    if (parent !== undefined) this.endChildren(parent);
    else if (this.recorder.isElsewhere) return;
    const node = this.nodeOf(span, parent);
    this.nodes.set(span.spanId, node);
    parent?.children.add(node);
    if (this.nodes.size > MOST_SPANS) this.nodes.delete(this.nodes.keys().next().value as string);
  }

  private nodeOf(span: AgentsSpan, parent: Node | undefined): Node {
    const { recorder } = this;
    const { run, agent, turn } = parent ?? {};
    const node = { span, parent, children: new Set<Node>(), run, agent, turn, tool: undefined };
    switch (span.spanData.type) {
      case 'task':
        return { ...node, run: this.runIn(span, parent), agent: undefined, turn: undefined };
      case 'agent':
        return this.agentNode(node);
      case 'turn':
        return { ...node, turn: new AgentsTurn(recorder, agent) };
      case 'generation':
      case 'response':
        return this.modelNode(node);
      case 'function':
        return this.toolNode(node);
      case 'handoff':
        // What was asked for beside it is not executed.
        run?.calls.clear();
    }
    return node;
  }

  private runIn(span: AgentsSpan, parent: Node | undefined): AgentsRun {
    const around = parent?.run && { run: parent.run, tool: parent.tool?.recorded };
    return new AgentsRun(this.recorder, this.traces.of(span.traceId), span.traceId, around);
  }

  /** Without spans of tasks, an agent is a run. */
  private agentNode(node: Node): Node {
    const { span, parent } = node;
    const run = parent?.span.spanData.type === 'task' ? parent.run : undefined;
    const own = run ?? this.runIn(span, parent);
    const agent = own.agentBegins(span);
    return { ...node, run: own, agent, turn: new AgentsTurn(this.recorder, agent) };
  }

  private modelNode(node: Node): Node {
    const turn = node.turn ?? new AgentsTurn(this.recorder, node.agent);
    // What was asked for before, and not executed, is settled: the model is asked again.
    if (turn.begun(node.span)) node.run?.calls.clear();
    return { ...node, turn };
  }

  private toolNode(node: Node): Node {
    const { span, run, agent, turn } = node;
    if (turn !== undefined) turn.hasTools = true;
    if (run === undefined) return node;
    const tool = new AgentsTool(this.recorder, run, agent, span);
    queueMicrotask(this.recorder.guard('openAiAgents() onSpanStart', () => tool.begun()));
    return { ...node, tool };
  }

  private end(span: AgentsSpan): void {
    const node = this.nodes.get(span.spanId);
    if (node === undefined) return;
    this.nodes.delete(span.spanId);
    node.parent?.children.delete(node);
    this.endChildren(node);
    this.tell(node);
  }

  /** An exporter before this one may hold the ends of spans up. */
  private endChildren(node: Node): void {
    for (const child of node.children) if (child.span.endedAt !== null) this.end(child.span);
  }

  private tell({ span, parent, run, agent, turn, tool }: Node): void {
    const { type } = span.spanData;
    if (type === 'generation' || type === 'response') this.modelEnds(span, run, turn, parent);
    else if (type === 'function') tool?.ended();
    else if (type === 'turn' || type === 'agent') {
      turn?.settle(span);
      if (turn !== undefined && (type === 'turn' || turn.isUsed)) run?.turnEnds(turn);
      if (type === 'agent' && agent !== undefined) run?.agentEnds(agent, span);
    }
    // What is spent inside a tool counts for the turn that calls it too.
    if (type === 'task') parent?.turn?.spentInside(span.spanData.usage);
    const isRun = type === 'task' || (type === 'agent' && parent?.span.spanData.type !== 'task');
    if (isRun && run?.end(span) === true && parent?.tool !== undefined) parent.tool.isPaused = true;
  }

  private modelEnds(
    span: AgentsSpan,
    run: AgentsRun | undefined,
    turn: AgentsTurn | undefined,
    parent: Node | undefined,
  ): void {
    run?.modelEnds(span, turn?.ended(span));
    if (parent?.turn === undefined) turn?.settle(undefined);
  }
}
