import { reasonOfAbort } from '../../capture/abort-reason.js';
import type { ModelCall } from '../../capture/model-call.js';
import type { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { answerIn, inputOf, usageOf } from './openai-agents-answers.js';
import { toldError } from './openai-agents-errors.js';
import { begunAt, durationOf, type AgentsSpan, type SpanUsage } from './openai-agents-spans.js';

/**
 * The call of a model in one turn. Its own span leaves open what became of it where it failed (it may be tried again)
 * and where it has no answer (it was aborted, or answers are kept out of the spans): the turn's end tells.
 */
export class AgentsTurn {
  /** Whether its last call of a model was aborted. */
  isAborted = false;
  /** Whether a tool is executed in it. */
  hasTools = false;
  private call: RecordedModelCall | undefined = undefined;
  private inside: SpanUsage = {};
  private first: AgentsSpan | undefined = undefined;
  private last: AgentsSpan | undefined = undefined;

  constructor(
    private readonly recorder: RunRecorder,
    private readonly run: RecordedRun | undefined,
  ) {}

  get isUsed(): boolean {
    return this.hasTools || this.first !== undefined;
  }

  /** A request goes out. Tells whether it is the first of its call. */
  begun(span: AgentsSpan): boolean {
    const isAgain = this.call !== undefined && this.last !== undefined && this.last.error !== null;
    if (!isAgain) {
      this.settle(undefined);
      this.call = this.recorder.modelCall({ parent: this.run, time: begunAt(span) });
      this.first = span;
    }
    this.call?.attempt();
    this.last = undefined;
    return !isAgain;
  }

  /** What the model has answered, if it has. */
  ended(span: AgentsSpan): ModelCall | undefined {
    this.last = span;
    const answer = span.error === null ? answerIn(span) : undefined;
    if (answer === undefined) return undefined;
    this.call?.end({ ...answer, input: inputOf(span), durationMs: this.durationMs });
    this.call = undefined;
    return answer;
  }

  /** The turn's usage holds what runs inside its tools have spent, which is told there. */
  spentInside(usage: SpanUsage | undefined): void {
    this.inside = sum(this.inside, usage ?? {}, 1);
  }

  /** The turn, or an agent without turns, is over: what is still open is told by that. */
  settle(around: AgentsSpan | undefined): void {
    if (this.call !== undefined) this.settleCall(this.call, around);
    else if (this.first === undefined && around !== undefined) this.settleUnseen(around);
    this.call = undefined;
  }

  private settleCall(call: RecordedModelCall, around: AgentsSpan | undefined): void {
    const { last, durationMs } = this;
    const known = last && { model: last.spanData.model, ...answerIn(last), input: inputOf(last) };
    const error = last?.error ?? around?.error ?? null;
    const tokens = this.tokensOf(around);
    if (error !== null) call.end({ ...known, error: toldError(error, around?.error), durationMs });
    else if (tokens !== undefined || this.isKeptOut(around)) call.end({ ...tokens, ...known, durationMs });
    else this.abort(call, { ...known, durationMs });
  }

  /** A model of the application's own that opens no span: the turn's tokens are all that is told. */
  private settleUnseen(turn: AgentsSpan): void {
    const tokens = this.tokensOf(turn);
    // A turn without requests only executes what a person has decided on.
    if (turn.spanData.usage === undefined || (tokens === undefined && this.hasTools)) return;
    const call = this.recorder.modelCall({ parent: this.run, time: begunAt(turn) });
    if (tokens === undefined) this.abort(call, {});
    else call.end({ ...tokens, durationMs: this.hasTools ? undefined : durationOf(turn) });
  }

  private abort(call: RecordedModelCall, known: ModelCall): void {
    this.isAborted = true;
    call.end({ ...known, outcome: 'aborted', abortReason: reasonOfAbort(undefined, call.outer) });
  }

  /** Whether the answer is missing because the spans of this run hold no content. */
  private isKeptOut(around: AgentsSpan | undefined): boolean {
    return around?.spanData.type !== 'turn' && this.last !== undefined && inputOf(this.last) === undefined;
  }

  /** What this turn has spent itself. */
  private tokensOf(turn: AgentsSpan | undefined): ModelCall | undefined {
    const usage = turn?.spanData.usage && sum(turn.spanData.usage, this.inside, -1);
    return usage?.input_tokens || usage?.output_tokens ? usageOf(usage) : undefined;
  }

  private get durationMs(): number | undefined {
    return this.first && durationOf(this.first, this.last);
  }
}

const counted = ['input_tokens', 'output_tokens', 'cached_input_tokens', 'cache_write_input_tokens'] as const;

function sum(usage: SpanUsage, more: SpanUsage, sign: 1 | -1): SpanUsage {
  return Object.fromEntries(counted.map((key) => [key, (usage[key] ?? 0) + sign * (more[key] ?? 0)]));
}
