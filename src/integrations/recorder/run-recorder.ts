import type { CaptureTarget } from '../../capture/capture-handle.js';
import type { CapturedContent } from '../../capture/content-capture.js';
import { currentFrame } from '../../context/context-storage.js';
import type { Frame } from '../../context/frame.js';
import { messages, type Message } from '../../event/messages.js';
import { errorType } from '../../event/redaction.js';
import { firstToken, isFirstAnswer } from './frames-around.js';
import { OpenSpans } from './open-spans.js';
import { RecentlyEnded } from './recently-ended.js';
import { RecordedModelCall, type ModelCallStart } from './recorded-model-call.js';
import { RecordedRun, type RunStart } from './recorded-run.js';
import { RecordedTool, type ToolStart } from './recorded-tool.js';
import type { RecorderParts } from './recorder-parts.js';
import { OpenToolClaims } from './tool-claims.js';
import { answerKey, WaitingRuns, type AwaitedAnswer, type WaitingAnswer } from './waiting-runs.js';

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

/**
 * Makes events of what agent frameworks tell of their runs, tools and calls of models. It knows none of them: each
 * framework's file opens and ends what its hooks report.
 *
 * Person, session and trace are those of the `AnalyticsContext` in which something is begun. Nothing here throws,
 * except into `guard`.
 */
export class RunRecorder {
  private readonly parts: RecorderParts;
  private readonly ended: RecentlyEnded<unknown>[] = [];

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
      isFirstAnswer: (frame) => isFirstAnswer(answered, frame),
      firstToken,
    };
    target.ai.toolClaims = this.parts.claims;
  }

  /** How many runs, tools and calls of models are open that lie in no other. */
  get openCount(): number {
    return this.parts.open.size;
  }

  /**
   * Whether what begins now is another application's, of those in this process. Frameworks tell all applications of
   * everything; each records its own. Work that belongs to none is everybody's.
   */
  get isElsewhere(): boolean {
    const handle = currentFrame()?.handle;
    return handle !== undefined && handle !== this.parts.handle;
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
    const waiting = this.resumes(id, run);
    const { context, traceId, spanId } = run;
    const { target } = this.parts;
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
      dedupKey: id === '' ? undefined : `tool decision ${answerKey(id, context)}`,
    });
  }

  /** What was waited for has come, by a decision or another way: `run` goes on with the run that waited. */
  resumes(id: string, run: RecordedRun): WaitingAnswer | undefined {
    const waiting = this.parts.waiting.take(id, run.context);
    if (waiting !== undefined) run.earlier ??= waiting.part;
    return waiting;
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
      reporter.warnOnce(messages.callbackAsync(where, callback), `${where} ${callback}`);
    } catch (error) {
      reporter.warnOnce(messages.callbackThrew(where, callback, errorType(error)), `${where} ${callback}`);
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
    for (const ended of this.ended) ended.sweep();
  }

  /** For what a framework's hooks know of what has ended: it is forgotten in time. */
  recentlyEnded<V>(): RecentlyEnded<V> {
    const ended = new RecentlyEnded<V>(this.parts.target.clock);
    this.ended.push(ended);
    return ended;
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
