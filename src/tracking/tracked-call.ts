import { randomUUID } from 'node:crypto';
import type { ClaimedTool } from '../capture/ai-events.js';
import { reasonOfLeave } from '../capture/abort-reason.js';
import type { CaptureTarget } from '../capture/capture-handle.js';
import type { OpenCall } from '../capture/open-calls.js';
import { currentFrame } from '../context/context-storage.js';
import type { AnalyticsContextValues } from '../context/context-values.js';
import { Frame, type FrameCall } from '../context/frame.js';
import { placeIn } from '../context/place-in.js';
import { messages } from '../event/messages.js';
import { abandonedEnd, abortedEnd, exhaustedEnd, returnedEnd, thrownEnd, unseenEnd, type CallEnd } from './call-end.js';
import { askPerson, identityFor, valuesForPerson, type NamedPerson } from './call-person.js';
import { recordEnd, recordStart } from './call-moments.js';
import type { FollowedCall } from './follow-result/followed-call.js';
import { ownSpanId, valuesInTrace } from './call-trace.js';
import { MethodCall } from './method-call.js';
import { ResponseWait } from './response-wait.js';
import type { TrackedMethod } from './tracked-methods.js';
import type { Tracking } from './tracking.js';
import { tellWithoutContext } from './untracked-calls.js';
import { Waiting } from './waiting.js';

/**
 * One execution of a tracked method, from the call until its result is over. It watches; what is recorded of it is its
 * decorators' business. On the hot path: one is made for each tracked call. Only the constructor may throw.
 */
export class TrackedCall extends MethodCall implements FrameCall, FollowedCall, OpenCall {
  /** Wall clock of the begin, milliseconds since 1970. */
  readonly time: number;
  /** Monotonic milliseconds, as all that follow. */
  readonly startedAt: number;
  endedAt: number | undefined = undefined;
  firstChunkAt: number | undefined = undefined;
  /** How many chunks went to the consumer; `null` where none can be seen. */
  chunks: number | null = null;
  /** What the call is for, as it was when it began. */
  readonly values: AnalyticsContextValues;
  /** Whom a decorator named before the body ran. */
  readonly person: NamedPerson | undefined;
  /** In a trace only. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly parentSpanId: string | undefined;
  /** The call of a tool that an agent framework began, where this is its execution. */
  readonly claimed: ClaimedTool | undefined;
  /** What it is part of. */
  readonly outer: Frame | undefined;
  readonly frame: Frame;
  isOver = false;
  olderCall: OpenCall | undefined = undefined;
  newerCall: OpenCall | undefined = undefined;

  private end: CallEnd | undefined = undefined;
  /** Given to a consumer that takes it bit by bit. */
  private isStreaming = false;
  private isOpen = false;
  private readonly response: ResponseWait | undefined;
  private waiting: Waiting | undefined = undefined;

  constructor(
    method: TrackedMethod,
    trackings: readonly Tracking[],
    readonly target: CaptureTarget,
    private readonly handle: object,
    around: Frame | undefined,
    instance: unknown,
    args: readonly unknown[],
  ) {
    super(method, trackings, instance, args);
    this.time = target.clock.now();
    this.startedAt = target.clock.monotonic();
    this.values = target.valuesFor(around);
    this.person = method.namesItsPerson ? askPerson(this) : undefined;
    let inner = this.person === undefined ? this.values : valuesForPerson(this.values, this.person);
    this.claimed = method.toolName === undefined ? undefined : target.ai.toolClaims?.claim(around, method.toolName);
    this.traceId = this.claimed?.traceId ?? inner.traceId ?? (method.opensTrace ? randomUUID() : undefined);
    this.parentSpanId = this.claimed === undefined ? this.values.parentSpanId : this.claimed.parentSpanId;
    this.spanId = this.traceId === undefined ? undefined : ownSpanId(this, this.traceId);
    if (this.traceId !== undefined && this.spanId !== undefined) {
      inner = valuesInTrace(inner, this.traceId, this.spanId);
    }
    this.outer = placeIn(around);
    this.frame = new Frame(this.outer, inner, handle, identityFor(this.person, around));
    this.frame.claim = around?.claim;
    this.frame.call = this;
    if (method.opensTrace) this.frame.totals = { toolCalls: 0, toolErrors: 0 };
    if (around === undefined && !method.namesItsPerson) tellWithoutContext(method, target);
    this.response = method.endsWithResponse ? ResponseWait.around(this.outer, target) : undefined;
    recordStart(this);
    this.response?.begin(this.traceId, () => this.responseEnded());
  }

  get leftBy(): 'client_closed' | 'shutdown' | undefined {
    return this.response?.leftBy;
  }

  /** The body has run: what is not over yet stands among the open calls. */
  stayOpen(): void {
    if (this.isOver) return;
    this.isOpen = true;
    this.target.openCalls.add(this);
  }

  awaitConsumer(hasCome?: () => boolean): void {
    this.waiting ??= Waiting.within(this.outer, () => {
      if (this.end === undefined && hasCome?.() !== true) this.settle(abortedEnd('unconsumed'));
    });
  }

  consumerCame(): void {
    this.waiting?.isOver();
    this.waiting = undefined;
  }

  streaming(chunks?: 'chunks unseen'): void {
    this.isStreaming = true;
    this.chunks = chunks === undefined ? (this.chunks ?? 0) : null;
  }

  chunk(chunk?: unknown): void {
    this.chunks = (this.chunks ?? 0) + 1;
    if (this.method.readsChunks) for (const tracking of this.trackings) tracking.chunk?.(this, chunk);
    this.firstChunkAt ??= this.target.clock.monotonic();
  }

  returned(result: unknown): void {
    if (this.end === undefined) this.settle(returnedEnd(result));
  }

  exhausted(result: unknown, source: object): void {
    if (this.end === undefined) this.settle(exhaustedEnd(result, source, this.args, this.frame));
  }

  threw(error: unknown): void {
    if (this.end === undefined) this.settle(thrownEnd(error, this.args, this.frame));
  }

  consumerLeft(): void {
    if (this.end === undefined) this.settle(abortedEnd(reasonOfLeave(this.frame)));
  }

  cannotFollow(why?: 'lazy thenable'): void {
    const { reporter } = this.target;
    if (why === 'lazy thenable') reporter.warnOnce(messages.lazyThenable(this.method.where), this.method.where);
    if (this.end === undefined) this.settle(unseenEnd);
  }

  finish(outcome: 'aborted' | 'abandoned'): void {
    if (this.response?.hasClosed === true) this.overWithResponse(this.response);
    else this.over(outcome === 'aborted' ? abortedEnd('shutdown') : abandonedEnd, this.target.clock.monotonic());
  }

  repeatable(): () => FollowedCall {
    const { method, trackings, target, handle, outer, instance, args } = this;
    return () => {
      try {
        // A result that was kept may be consumed for somebody else than it was made for.
        const next = new TrackedCall(method, trackings, target, handle, currentFrame() ?? outer, instance, args);
        next.streaming();
        next.stayOpen();
        return next;
      } catch {
        // This one is over or will be; what it is told after its end is not told again.
        return this;
      }
    };
  }

  private settle(end: CallEnd): void {
    this.end = end;
    this.endedAt = this.target.clock.monotonic();
    if (this.response === undefined) this.over(end, this.endedAt);
    else if (!this.response.isOpen) this.overWithResponse(this.response);
  }

  private responseEnded(): void {
    if (this.response === undefined) return;
    // A stream whose consumer has gone may never hear of it; anything else is waited for.
    if (this.end !== undefined || (this.isStreaming && this.response.hasClosed)) this.overWithResponse(this.response);
  }

  private overWithResponse(response: ResponseWait): void {
    const { end, at } = response.endOf(this.end, this.endedAt);
    this.over(end, at);
  }

  private over(end: CallEnd, at: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.end = end;
    this.endedAt = at;
    this.consumerCame();
    if (this.isOpen) this.target.openCalls.remove(this);
    this.response?.showWrites(this);
    recordEnd(this, end);
    this.frame.close();
    this.end = unseenEnd;
    this.release();
  }
}
