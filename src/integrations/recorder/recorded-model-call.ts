import type { ModelCall } from '../../capture/model-call.js';
import { RecordedSpan, type SpanEnd, type SpanStart } from './recorded-span.js';
import type { RecorderParts } from './recorder-parts.js';

export interface ModelCallStart
  extends SpanStart, Pick<ModelCall, 'kind' | 'provider' | 'model' | 'baseUrl' | 'isStream' | 'input' | 'tools'> {}
export interface ModelCallEnd extends SpanEnd, ModelCall {}

/** A call of a model that a framework has begun: `$ai_generation` or `$ai_embedding`, when it is over. */
export class RecordedModelCall extends RecordedSpan {
  override readonly source = 'model call';
  private firstTokenAt: number | undefined = undefined;
  private answeredAt: number | undefined = undefined;
  private attempts = 0;

  /** What was known at the start; content only where it may go out. */
  private known: ModelCall;

  constructor(parts: RecorderParts, start: ModelCallStart) {
    super(parts, start, false);
    const { content } = this.target.ai;
    const { kind, provider, model, baseUrl, isStream } = start;
    this.known = { kind, provider, model, baseUrl, isStream };
    if (content.has('prompts')) this.known.input = start.input;
    if (content.has('toolDefinitions')) this.known.tools = start.tools;
  }

  override get isAtWork(): boolean {
    return true;
  }

  /** The first piece of the answer has come. */
  firstToken(): void {
    this.firstTokenAt ??= this.target.clock.monotonic();
  }

  /** The answer is complete; what the framework does before it tells the end is no time of the model. */
  answered(): void {
    this.answeredAt ??= this.target.clock.monotonic();
  }

  /** A request goes out: the first, or one more because the last has failed. */
  attempt(): void {
    this.attempts++;
  }

  /** What is not told here is as it was at the start; what was not measured by the framework is measured here. */
  end(end: ModelCallEnd = {}): void {
    if (!this.close()) return;
    const { outcome, error, abortReason } = this.decide(end);
    const call = this.known;
    call.durationMs = this.answeredAt === undefined ? this.durationMs : this.answeredAt - this.startedAt;
    if (this.attempts > 1) call.retries = this.attempts - 1;
    if (this.firstTokenAt !== undefined) call.timeToFirstTokenMs = this.firstTokenAt - this.startedAt;
    learn(call, end);
    call.outcome = outcome;
    call.error = error;
    call.abortReason = abortReason;
    if (call.timeToFirstTokenMs != null) this.parts.firstToken(this.outer, this.startedAt + call.timeToFirstTokenMs);
    this.known = {};
    this.target.ai.generation(this, call, this.outer);
  }
}

function learn(call: ModelCall, more: ModelCall): void {
  for (const key of Object.keys(more) as (keyof ModelCall)[]) {
    if (more[key] !== undefined) (call as Record<string, unknown>)[key] = more[key];
  }
}
