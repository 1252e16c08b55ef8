import { reasonOfAbort } from '../../capture/abort-reason.js';
import type { RecordedRun, RunEnd } from '../recorder/recorded-run.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { asksForTools, failureOf, finishReasonOf, isUnanswered } from './otel-endings.js';
import { callsIn, inputIn, messageIn, outputIn, type OtelMessage } from './otel-messages.js';
import { scopeOf, type OtelSpan } from './otel-span.js';

/** A run told by a span, with what its end can be told from: what has become of its models and tools. */
export class OtelRun {
  private readonly executed = new Set<string>();
  private isAsked = false;
  /** What ended last beneath it had been cut off. */
  isCutOff = false;

  constructor(
    readonly recorded: RecordedRun,
    private readonly recorder: RunRecorder,
  ) {}

  /** The conversation that it begins with, as far as its own span or its first call of a model holds it. */
  asked(messages: readonly OtelMessage[] | undefined): void {
    if (this.isAsked || messages === undefined) return;
    this.isAsked = true;
    this.recorded.asked(messageIn(messages), messages);
    // Whoever waited for one of these calls goes on here: of a decision itself the conventions tell nothing.
    const last = messages.findLastIndex(({ role }) => role === 'user');
    for (const { id } of callsIn(messages.slice(last + 1)).asked) this.recorder.resumes(id, this.recorded);
  }

  /** Whether its conversation is still unknown. */
  get isUnasked(): boolean {
    return !this.isAsked;
  }

  toolBegun(callId: string | undefined): void {
    this.isCutOff = false;
    if (callId !== undefined) this.executed.add(callId);
  }

  modelBegun(): void {
    this.isCutOff = false;
  }

  end(span: OtelSpan, finalTools: readonly string[]): void {
    // What nobody has written down was a message of unknown length.
    if (!this.isAsked) this.recorded.asked(messageIn(inputIn(span.attributes)), inputIn(span.attributes));
    const output = outputIn(span.attributes);
    this.recorded.end({ ...this.decide(span, output, finalTools), output });
  }

  private decide(span: OtelSpan, output: readonly OtelMessage[] | undefined, finalTools: readonly string[]): RunEnd {
    const failure = failureOf(span);
    if (failure !== undefined) return failure;
    const { recorded, executed } = this;
    // The AI SDK writes an answer on all that comes to an end; of others a run's own span may say nothing.
    if (isUnanswered(span) && (this.isCutOff || scopeOf(span) === 'gen_ai')) {
      return { outcome: 'aborted', abortReason: reasonOfAbort(undefined, recorded.outer) };
    }
    if (!asksForTools(finishReasonOf(span.attributes))) return { outcome: 'success' };
    const { asked, answered } = callsIn(output);
    for (const { id, name } of asked) {
      if (!executed.has(id) && !answered.has(id)) recorded.awaits({ id, toolName: name, toolCallId: id });
    }
    return { outcome: asked.some(({ name }) => finalTools.includes(name)) ? 'success' : 'step_limit' };
  }
}
