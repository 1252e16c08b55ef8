import { addTotals, markInterrupted, noModels } from '../../context/call-totals.js';
import { contextStorage } from '../../context/context-storage.js';
import { Frame, type CallTotals, type FrameCall } from '../../context/frame.js';
import type { UserMessage } from '../../event/message-length.js';
import { RecordedSpan, type DecidedEnd, type SpanEnd, type SpanStart } from './recorded-span.js';
import { recordMessageSent, recordResponse, recordRun } from './run-events.js';
import type { RecorderParts } from './recorder-parts.js';
import type { AwaitedAnswer, EarlierPart } from './waiting-runs.js';

export interface RunStart extends SpanStart {
  /** The framework's name: `ai-sdk`. */
  framework: string;
  /** The agent's, graph's or function's name; what has none is no agent's run unless `isAgentRun` says so. */
  name?: string | undefined;
  /** What the trace calls it where it has no name: `generateText`. */
  operation?: string | undefined;
  /** Whether it is an agent's run, where the framework knows. */
  isAgentRun?: boolean | undefined;
  /** The user's message that it answers, if it does. */
  message?: UserMessage | undefined;
  /** The messages; go out under `captureContent: ['prompts']` only. */
  input?: unknown;
}

export interface RunEnd extends SpanEnd {
  /** What the agent answered; goes out under `captureContent: ['completions']` only. */
  output?: unknown;
}

/**
 * An agent's run (or another operation of a framework that calls models) while it is open. When it is over: the events
 * of a run and of the message that it answered, as far as no decorated method tells them, and its node of the trace.
 */
export class RecordedRun extends RecordedSpan implements FrameCall {
  readonly tracksMessage: boolean;
  readonly tracksRun: boolean;
  readonly tracksTool = false;
  readonly frame: Frame;
  readonly totals: CallTotals = { toolCalls: 0, toolErrors: 0 };
  readonly framework: string;
  override readonly source: string;
  readonly name: string | undefined;
  readonly operation: string;
  /** Monotonic milliseconds. */
  firstTokenAt: number | undefined = undefined;
  /** What an interrupted run that this one goes on with had come to. */
  earlier: EarlierPart | undefined = undefined;

  private readonly emitsRun: boolean;
  private readonly isInTool: boolean;
  private readonly answers: AwaitedAnswer[] = [];
  private input: unknown = undefined;
  private isAsked = false;

  constructor(parts: RecorderParts, start: RunStart) {
    super(parts, start, true);
    this.framework = start.framework;
    this.name = start.name;
    this.source = start.name === undefined ? start.framework : `${start.framework} ${start.name}`;
    this.operation = start.operation ?? 'run';
    const around = callsAround(this.outer);
    const counts = isAgentRun(parts, start, around.some(tracksRunOrTool));
    this.emitsRun = counts && !around.some(tracksRunOrTool);
    this.tracksRun = counts;
    this.isInTool = around.some((call) => call.tracksTool);
    const isAnswer = this.emitsRun && this.context.trigger === 'chat' && !around.some((call) => call.tracksMessage);
    this.tracksMessage = isAnswer && parts.isFirstAnswer(this.outer);

    const values = { ...this.context, traceId: this.traceId, parentSpanId: this.spanId };
    this.frame = new Frame(this.outer, values, this.outer?.handle ?? parts.handle, this.outer?.identity);
    this.frame.call = this;
    this.frame.totals = this.totals;
    // Not read where it stays inside: a framework may have to make it first.
    if (this.target.ai.content.has('prompts')) this.input = start.input;
    this.asked(start.message);
  }

  /** What it answers, where the framework tells it later than the begin. Counts once. */
  asked(message: UserMessage | undefined, input?: unknown): void {
    if (this.isOver) return;
    if (this.target.ai.content.has('prompts')) this.input ??= input;
    if (message === undefined || this.isAsked) return;
    this.isAsked = true;
    if (this.tracksMessage) recordMessageSent(this, this.target, message);
  }

  /** Runs `fn` inside the run: what it begins lies beneath it. Returns what `fn` returns. */
  runIn<T>(fn: () => T): T {
    return contextStorage.run(this.frame, fn);
  }

  /**
   * It can't go on without a person's (or a client's) answer: once all else is done, its end is an interruption. What has
   * no id can't be known again, so it is not waited for.
   */
  awaits(answer: AwaitedAnswer): void {
    if (answer.id !== '') this.answers.push(answer);
  }

  /** Milliseconds to the first piece of the answer. */
  get timeToFirstTokenMs(): number | null {
    return this.firstTokenAt === undefined ? null : Math.round((this.firstTokenAt - this.startedAt) * 1000) / 1000;
  }

  end(end: RunEnd = {}): void {
    if (!this.close()) return;
    const decided = this.decideRun(end);
    this.finishChildren(decided);
    const { outcome } = decided;
    if (this.tracksRun && !this.isInTool) markInterrupted(this.outer, outcome === 'interrupted');
    if (outcome === 'interrupted') this.parts.waiting.keep(this.answers, this.partSoFar(), this.context);
    this.emit(decided, end.output);
    this.input = undefined;
    this.frame.close();
  }

  private decideRun(end: RunEnd): DecidedEnd {
    const decided = this.decide(end);
    const waits = this.answers.length > 0 && (decided.outcome === 'success' || decided.outcome === 'step_limit');
    return waits ? { ...decided, outcome: 'interrupted' } : decided;
  }

  private emit(decided: DecidedEnd, output: unknown): void {
    const { target, durationMs, input } = this;
    if (this.tracksMessage) recordResponse(this, target, this.measured(decided, durationMs));
    if (this.emitsRun && decided.outcome !== 'interrupted') {
      const { totals } = this.partSoFar();
      const measured = this.measured(decided, durationMs + (this.earlier?.durationMs ?? 0));
      recordRun(this, target, measured, totals);
    }
    const type = this.spanId === this.traceId ? 'trace' : 'agent';
    const name = (target.captureNames ? this.name : undefined) ?? this.operation;
    const { outcome, error, abortReason } = decided;
    target.ai.span(this, { type, name, durationMs, input, output, outcome, error, abortReason });
  }

  /** What this and the parts before it have come to. */
  private partSoFar(): EarlierPart {
    const { earlier } = this;
    const models = { ...(this.totals.models ?? noModels()) };
    if (earlier?.totals.models !== undefined) addTotals(models, earlier.totals.models);
    return {
      agentName: this.agentName,
      executionId: this.executionId,
      durationMs: this.durationMs + (earlier?.durationMs ?? 0),
      totals: {
        toolCalls: this.totals.toolCalls + (earlier?.totals.toolCalls ?? 0),
        toolErrors: this.totals.toolErrors + (earlier?.totals.toolErrors ?? 0),
        models,
      },
    };
  }

  /** These two are the same from the first part of the run to its real end. */
  get agentName(): string | undefined {
    return this.earlier === undefined ? this.name : this.earlier.agentName;
  }

  get executionId(): string {
    return this.earlier?.executionId ?? this.traceId;
  }
}

function isAgentRun(parts: RecorderParts, start: RunStart, isNested: boolean): boolean {
  const { framework, name } = start;
  return parts.isAgentRun({ framework, name, isNested }) ?? start.isAgentRun ?? name !== undefined;
}

function tracksRunOrTool(call: FrameCall): boolean {
  return call.tracksRun || call.tracksTool;
}

function callsAround(frame: Frame | undefined): FrameCall[] {
  const calls: FrameCall[] = [];
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call !== undefined) calls.push(around.call);
  }
  return calls;
}
