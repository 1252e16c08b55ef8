import type { CaptureTarget } from '../../capture/capture-handle.js';
import type { CapturedContent } from '../../capture/content-capture.js';
import type { Frame } from '../../context/frame.js';
import { messages, type Message } from '../../event/messages.js';
import { errorType } from '../../event/redaction.js';
import { OpenSpans } from './open-spans.js';
import { RecordedModelCall, type ModelCallStart } from './recorded-model-call.js';
import { RecordedRun, type RunStart } from './recorded-run.js';
import type { RecordedSpan } from './recorded-span.js';
import { RecordedTool, type ToolStart } from './recorded-tool.js';
import { OpenToolClaims } from './tool-claims.js';
import { WaitingRuns, type AwaitedAnswer } from './waiting-runs.js';

/** What `isAgentRun` is asked about. */
export interface AgentRunInfo {
  /** `ai-sdk`, `langchain`, … */
  readonly framework: string;
  /** The agent's, graph's or function's name. */
  readonly name: string | undefined;
  /** Whether it runs inside another run, or a tool. */
  readonly isNested: boolean;
}

/** The event that the success of a tool stands for. */
export type ToolEvent = 'trackAgentScheduled' | 'trackTriggerSetup';

export interface RecorderOptions {
  readonly toolEvents: Readonly<Record<string, ToolEvent>>;
  readonly isAgentRun?: ((run: AgentRunInfo) => boolean) | undefined;
}

/** A person's answer to a tool call that waited for it. */
export interface Decision extends Partial<AwaitedAnswer> {
  readonly id: string;
  readonly decision: 'accept' | 'reject';
}

/** What the recorder's spans share. */
export interface RecorderParts {
  readonly target: CaptureTarget;
  /** The application's capture handle: frames carry it. */
  readonly handle: object;
  readonly options: RecorderOptions;
  readonly open: OpenSpans<RecordedSpan>;
  readonly claims: OpenToolClaims;
  readonly waiting: WaitingRuns;
  isAgentRun(run: AgentRunInfo): boolean | undefined;
  /** Whether no other run in the same request answers the user. */
  isFirstAnswer(frame: Frame | undefined): boolean;
  firstToken(frame: Frame | undefined, at: number): void;
}

/**
 * Makes events of what agent frameworks tell of their runs, tools and calls of models. It knows none of them: each
 * framework's file opens and ends what its hooks report.
 *
 * Person, session and trace are those of the `AnalyticsContext` in which something is begun. Nothing here throws,
 * except into `guard`.
 */
export class RunRecorder {
  private readonly parts: RecorderParts;

  constructor(target: CaptureTarget, options: RecorderOptions, handle: object) {
    const answered = new WeakSet<Frame>();
    this.parts = {
      target,
      handle,
      options,
      open: new OpenSpans(target.clock),
      claims: new OpenToolClaims(),
      waiting: new WaitingRuns(target.clock),
      isAgentRun: (run) => this.asks(run),
      isFirstAnswer: (frame) => isFirst(answered, frame),
      firstToken,
    };
    target.ai.toolClaims = this.parts.claims;
  }

  /** How many runs, tools and calls of models are open that lie in no other. */
  get openCount(): number {
    return this.parts.open.size;
  }

  run(start: RunStart): RecordedRun {
    return new RecordedRun(this.parts, start);
  }

  tool(start: ToolStart): RecordedTool {
    return new RecordedTool(this.parts, start);
  }

  modelCall(start: ModelCallStart): RecordedModelCall {
    return new RecordedModelCall(this.parts, start);
  }

  /** What was begun with this key; for a while after its end too. */
  find(key: unknown): RecordedRun | RecordedTool | RecordedModelCall | undefined {
    return this.parts.open.find(key) as RecordedRun | RecordedTool | RecordedModelCall | undefined;
  }

  /** A person has answered, and `run` goes on: `copilot_tool_decision`, with the wait where the question was seen here. */
  decided({ id, decision, toolName, toolCallId }: Decision, run: RecordedRun): void {
    const waiting = this.parts.waiting.take(id);
    if (waiting !== undefined) run.earlier ??= waiting.part;
    const { target } = this.parts;
    const { context, traceId, spanId } = run;
    target.record({
      event: target.names.tool_decision,
      time: target.clock.now(),
      properties: {
        tool_name: toolName ?? waiting?.toolName ?? null,
        tool_call_id: toolCallId ?? waiting?.toolCallId ?? null,
        decision,
        wait_ms: waiting === undefined ? null : Math.max(0, target.clock.now() - waiting.since),
      },
      context,
      traceId,
      parentSpanId: spanId,
      // Clients resend a conversation; an answer counts once.
      dedupKey: `tool decision ${id}`,
    });
  }

  /** What was waited for has come by another way than a decision: `run` goes on with the run that waited. */
  resumes(id: string, run: RecordedRun): void {
    const waiting = this.parts.waiting.take(id);
    if (waiting !== undefined) run.earlier ??= waiting.part;
  }

  /** A hook that never throws into its framework, nor makes it wait; what it throws is told once. */
  guard<A extends unknown[]>(name: string, hook: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        hook(...args);
      } catch (error) {
        this.parts.target.reporter.warnOnce(messages.hookFailed(name, errorType(error)), name);
      }
    };
  }

  /** What a callback of the application answers; one that throws, or answers with a promise, counts as silent. */
  ask<T>(where: string, callback: string, question: () => T): T | undefined {
    const { reporter } = this.parts.target;
    try {
      const answer = question();
      if (!(answer instanceof Promise)) return answer;
      answer.catch(() => undefined);
      reporter.warnOnce(messages.callbackAsync(where, callback));
    } catch (error) {
      reporter.warnOnce(messages.callbackThrew(where, callback, errorType(error)));
    }
    return undefined;
  }

  /** Whether this kind of content may go out, so that it is worth being read. */
  captures(kind: CapturedContent): boolean {
    return this.parts.target.ai.content.has(kind);
  }

  /** Whether the application has begun to leave: a connection that closes now is one that it cuts itself. */
  get isLeaving(): boolean {
    return this.parts.target.openCalls.isLeaving;
  }

  /** Tells the developer once what is wrong with a framework's set-up. */
  warnOnce(message: Message, subject?: string): void {
    this.parts.target.reporter.warnOnce(message, subject);
  }

  /** Ends what has shown no sign of life for an hour. */
  sweep(): void {
    this.parts.open.sweep();
  }

  /** The process leaves: what is open is over. */
  close(): void {
    this.parts.open.finishAll();
    this.parts.target.ai.toolClaims = undefined;
  }

  private asks(run: AgentRunInfo): boolean | undefined {
    const answer: unknown = this.ask('AnalyticsModule', 'isAgentRun', () => this.parts.options.isAgentRun?.(run));
    return typeof answer === 'boolean' ? answer : undefined;
  }
}

/** The request, socket message or job that a frame belongs to is its outermost frame. */
function isFirst(answered: WeakSet<Frame>, frame: Frame | undefined): boolean {
  let outermost = frame;
  while (outermost?.parent !== undefined) outermost = outermost.parent;
  if (outermost === undefined || answered.has(outermost)) return false;
  answered.add(outermost);
  return true;
}

function firstToken(frame: Frame | undefined, at: number): void {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call instanceof RecordedRun) around.call.firstTokenAt ??= at;
  }
}
