import { randomUUID } from 'node:crypto';
import type { ClaimedTool } from '../../capture/ai-events.js';
import { declaredProperties, fillDeclared, type DeclaredProperty } from '../../capture/declared-properties.js';
import { recordAt } from '../../capture/record-at.js';
import { saysError } from '../../capture/says-error.js';
import { countToolCall } from '../../context/call-totals.js';
import { contextStorage } from '../../context/context-storage.js';
import { Frame, type FrameCall } from '../../context/frame.js';
import type { JsonObject } from '../../event/analytics-event.js';
import { RecordedSpan, type DecidedEnd, type SpanEnd, type SpanStart } from './recorded-span.js';
import type { RecorderParts } from './recorder-parts.js';
import type { ToolEvent } from './run-recorder.js';

export interface ToolStart extends SpanStart {
  name: string;
  /** As the model named the call. @default a new uuid */
  callId?: string | undefined;
  /** Goes out under `captureContent: ['toolArguments']` only. */
  arguments?: unknown;
}

export interface ToolEnd extends SpanEnd {
  /** Goes out under `captureContent: ['toolResults']` only. One that says `isError` is an error unless `outcome` says else. */
  result?: unknown;
  /** Milliseconds, where the framework measured them. */
  durationMs?: number | undefined;
  /** It has asked a person and is called once more with the answer: then it is told. Its span goes out now too. */
  isCalledAgain?: boolean | undefined;
}

/** A tool's call that a framework has begun: `copilot_tool_called` and its span, unless a decorated method is it. */
export class RecordedTool extends RecordedSpan implements FrameCall {
  readonly tracksMessage = false;
  readonly tracksRun = false;
  readonly tracksTool = true;
  readonly frame: Frame;
  readonly name: string;
  override readonly source: string;
  readonly callId: string;
  private claimed: 'inside' | 'beside' | undefined = undefined;
  /** The frame that its decorated method was called in. */
  private claimedFrom: Frame | undefined = undefined;
  /** Only where something of them may go out. */
  private arguments: unknown = undefined;

  constructor(parts: RecorderParts, start: ToolStart) {
    super(parts, start, false);
    this.name = start.name;
    this.source = `tool ${start.name}`;
    const isCreation = Object.hasOwn(parts.options.toolEvents, start.name);
    if (isCreation || this.target.ai.content.has('toolArguments')) this.arguments = start.arguments;
    this.callId = start.callId ?? randomUUID();
    const values = { ...this.context, traceId: this.traceId, parentSpanId: this.spanId };
    this.frame = new Frame(this.outer, values, this.outer?.handle ?? parts.handle, this.outer?.identity);
    this.frame.call = this;
    parts.claims.opened(this);
  }

  override get isAtWork(): boolean {
    return true;
  }

  /** Runs `fn` as the tool's execution: what it begins lies inside the tool. Returns what `fn` returns. */
  runIn<T>(fn: () => T): T {
    return contextStorage.run(this.frame, fn);
  }

  end(end: ToolEnd = {}): void {
    if (!this.close()) return;
    this.parts.claims.closed(this);
    const isSilent = end.outcome === undefined && end.error === undefined;
    const decided = this.decide(isSilent && saysError(end.result) ? { ...end, outcome: 'error' } : end);
    this.finishChildren(decided);
    if (this.claimed === undefined) this.emit(decided, end);
    else if (this.claimed === 'beside') this.countForRuns(decided.outcome === 'error');
    if (decided.outcome === 'success') this.emitCreation(end.result);
    this.arguments = undefined;
    this.frame.close();
  }

  /** A decorated method is this call's execution, `inside` its frame or elsewhere: it tells it; `undefined` where one does. */
  claim(from: 'inside' | 'beside', outer: Frame | undefined): ClaimedTool | undefined {
    if (this.claimed !== undefined || this.isOver) return undefined;
    this.claimed = from;
    this.claimedFrom = outer;
    const { traceId, spanId, parentSpanId, callId } = this;
    return { traceId, spanId, parentSpanId, callId };
  }

  private emit(decided: DecidedEnd, { durationMs = this.durationMs, result, isCalledAgain = false }: ToolEnd): void {
    const { target, name, callId } = this;
    if (!isCalledAgain) {
      countToolCall(this.outer, decided.outcome === 'error');
      const properties = { tool_name: name, tool_call_id: callId };
      target.record(recordAt(this, target.names.tool_called, properties, this.measured(decided, durationMs)));
    }
    const { arguments: input } = this;
    const { outcome, error, abortReason } = decided;
    const span = { type: 'tool', name, toolCallId: callId, durationMs, input, output: result } as const;
    target.ai.span(this, { ...span, outcome, error, abortReason });
  }

  /** A decorated method that ran outside counts for what lies around it; these it does not see. */
  private countForRuns(failed: boolean): void {
    for (let frame = this.outer; frame?.call instanceof RecordedSpan; frame = frame.parent) {
      if (frame === this.claimedFrom) return;
      if (frame.totals === undefined) continue;
      frame.totals.toolCalls++;
      if (failed) frame.totals.toolErrors++;
    }
  }

  /** The event of its own that `toolEvents` gives to the success of some tools. */
  private emitCreation(result: unknown): void {
    const { toolEvents } = this.parts.options;
    const creation = Object.hasOwn(toolEvents, this.name) ? toolEvents[this.name] : undefined;
    if (creation === undefined) return;
    const { event, declared } = creations[creation];
    const { target } = this;
    const properties: JsonObject = fillDeclared(declared, result, [this.arguments]);
    const measured = { outcome: 'success', duration_ms: this.durationMs };
    target.record(recordAt(this, target.names[event], properties, measured, target.clock.now()));
  }
}

const creations = {
  trackAgentScheduled: { event: 'agent_scheduled', declared: declaredProperties('agent_scheduled') },
  trackTriggerSetup: { event: 'trigger_setup', declared: declaredProperties('trigger_setup') },
} as const satisfies Record<ToolEvent, { event: string; declared: readonly DeclaredProperty[] }>;
