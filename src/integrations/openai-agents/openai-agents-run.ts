import { hasClientLeft, reasonOfAbort } from '../../capture/abort-reason.js';
import type { ModelCall } from '../../capture/model-call.js';
import type { UserMessage } from '../../event/message-length.js';
import type { RecordedRun, RunEnd } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { askedIn, inputOf, messageIn, type AskedCall } from './openai-agents-answers.js';
import { AskedCalls, type KnownTrace } from './openai-agents-calls.js';
import { isTurnLimit, toldError } from './openai-agents-errors.js';
import type { AgentsSpan } from './openai-agents-spans.js';
import type { AgentsTurn } from './openai-agents-turn.js';

/** The run around a run: an agent that was called as a tool lies in both. */
export interface AgentsRunAround {
  readonly run: AgentsRun;
  readonly tool: RecordedTool | undefined;
}

/** One call of the `Runner`, which goes by the name of its first agent. */
export class AgentsRun {
  readonly calls = new AskedCalls();
  private recorded: RecordedRun | undefined = undefined;
  private answer: ModelCall | undefined = undefined;
  private lastTurn: AgentsTurn | undefined = undefined;
  private reachedLimit = false;
  private isAnswering = true;
  /** What runs inside its tools wait for. */
  private readonly waitsInside: AskedCall[] = [];

  constructor(
    private readonly recorder: RunRecorder,
    readonly trace: KnownTrace,
    private readonly traceId: string,
    private readonly around: AgentsRunAround | undefined,
  ) {}

  /** The outermost, which is what a person's decision goes on with. */
  get root(): AgentsRun {
    return this.around?.run.root ?? this;
  }

  /** An agent begins: the first, which stands for the run, or one that it was handed over to. */
  agentBegins({ spanData: { name } }: AgentsSpan): RecordedRun {
    const { recorded } = this;
    if (recorded === undefined) return this.begin(name);
    return this.recorder.run({ framework, name, operation: 'run', parent: recorded });
  }

  agentEnds(agent: RecordedRun, span: AgentsSpan): void {
    if (isTurnLimit(span.error)) this.reachedLimit = true;
    if (agent !== this.recorded) agent.end(this.endBy(span));
  }

  /** A model is done: with its first call the user's message is known, unless that is kept out of the spans. */
  modelEnds(span: AgentsSpan, answer: ModelCall | undefined): void {
    this.answer = answer;
    this.calls.add(askedIn(span));
    const input = inputOf(span);
    if (this.isAnswering && input !== undefined) this.recorded?.asked(messageIn(span), input);
  }

  turnEnds(turn: AgentsTurn): void {
    this.lastTurn = turn;
    if (this.isAnswering) this.recorded?.asked(unknownMessage);
  }

  /** A person has answered. */
  decided({ id, name }: AskedCall, decision: 'accept' | 'reject'): void {
    const run = this.root.recorded;
    if (run !== undefined) this.recorder.decided({ id, decision, toolName: name, toolCallId: id }, run);
  }

  /** Tells whether it waits for a person. */
  end(span: AgentsSpan): boolean {
    // What failed before its first agent has the workflow's name.
    const run = this.recorded ?? (span.error === null ? undefined : this.begin(span.spanData.name));
    if (run === undefined) return false;
    if (this.isAnswering) run.asked(unknownMessage);
    const end = this.endBy(span);
    const waits = end.outcome === 'interrupted';
    if (waits) this.wait(run);
    run.end({ ...end, output: this.answer?.output });
    return waits;
  }

  private begin(name: string | undefined): RecordedRun {
    const { trace, around } = this;
    const traceId = trace.isUsed ? undefined : this.traceId;
    this.isAnswering = around === undefined && trace.waiting.left.length === 0;
    trace.isUsed = true;
    const parent = around?.tool ?? around?.run.recorded;
    const start = { framework, name, operation: 'run', parent, traceId, sessionId: trace.groupId };
    this.recorded = this.recorder.run(start);
    return this.recorded;
  }

  private endBy({ error }: AgentsSpan): RunEnd {
    if (this.reachedLimit || isTurnLimit(error)) return { outcome: 'step_limit' };
    if (error !== null) return { error: toldError(error) };
    const { lastTurn, recorded } = this;
    // Of an abort nothing is told: its model has no answer, or nobody asks it what to make of the tools' results.
    const hasLeft = lastTurn?.hasTools === true && hasClientLeft(recorded?.outer);
    if (lastTurn?.isAborted === true || hasLeft) {
      return { outcome: 'aborted', abortReason: reasonOfAbort(undefined, recorded?.outer) };
    }
    // Some versions take a response that says so for an answer.
    if (this.answer?.outcome === 'error') return { outcome: 'error' };
    const waits = this.calls.left.length + this.waitsInside.length > 0;
    return { outcome: waits ? 'interrupted' : 'success' };
  }

  private wait(run: RecordedRun): void {
    const calls = [...this.calls.left, ...this.waitsInside];
    for (const { id, name } of calls) run.awaits({ id, toolName: name, toolCallId: id });
    this.trace.waiting.add(this.calls.left);
    this.around?.run.waitsInside.push(...calls);
  }
}

const framework = 'openai-agents';
const unknownMessage: UserMessage = { isMessage: true, length: null, isRegeneration: false };
