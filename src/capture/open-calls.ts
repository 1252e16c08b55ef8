import type { Frame } from '../context/frame.js';
import type { Clock } from '../event/clock.js';

/** A tracked call that has begun and not ended. */
export interface OpenCall {
  /** The method, where it is one's. */
  readonly method?: { readonly where: string } | undefined;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Where it was called. */
  readonly outer?: Frame | undefined;
  /** Its neighbours in the list, which alone writes them. */
  olderCall: OpenCall | undefined;
  newerCall: OpenCall | undefined;
  /** Emits the call's event now, with this outcome; what happens to the call later is not told again. */
  finish(outcome: 'aborted' | 'abandoned', abortReason?: 'shutdown'): void;
}

/**
 * The calls in flight, oldest first, bounded by count and age, so that calls that never end leak nothing:
 * beyond the bounds the oldest are emitted as `abandoned`.
 *
 * On the hot path: a list through the calls themselves, which costs a third of a Set.
 */
export class OpenCalls {
  private oldest: OpenCall | undefined;
  private newest: OpenCall | undefined;
  private count = 0;
  private leaving = false;

  constructor(
    private readonly clock: Clock,
    private readonly maxCalls = 100_000,
    private readonly maxAgeMs = 60 * 60_000,
  ) {}

  get size(): number {
    return this.count;
  }

  /** The oldest, at most so many. */
  oldestCalls(most: number): OpenCall[] {
    const calls: OpenCall[] = [];
    for (let call = this.oldest; call !== undefined && calls.length < most; call = call.newerCall) calls.push(call);
    return calls;
  }

  /** Whether the application has begun to leave: a connection that closes now is one that it cuts itself. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  leave(): void {
    this.leaving = true;
  }

  add(call: OpenCall): void {
    call.olderCall = this.newest;
    if (this.newest === undefined) this.oldest = call;
    else this.newest.newerCall = call;
    this.newest = call;
    this.count++;
    if (this.count > this.maxCalls && this.oldest !== undefined) this.end(this.oldest, 'abandoned');
  }

  /** Takes out a call that has ended by itself; one that is not in the list is left alone. */
  remove(call: OpenCall): void {
    const { olderCall, newerCall } = call;
    if (olderCall === undefined && this.oldest !== call) return;
    if (olderCall === undefined) this.oldest = newerCall;
    else olderCall.newerCall = newerCall;
    if (newerCall === undefined) this.newest = olderCall;
    else newerCall.olderCall = olderCall;
    call.olderCall = undefined;
    call.newerCall = undefined;
    this.count--;
  }

  /** Emits as `abandoned` what is older than the age limit; called once a minute. */
  sweep(): void {
    const before = this.clock.monotonic() - this.maxAgeMs;
    while (this.oldest !== undefined && this.oldest.startedAt <= before) this.end(this.oldest, 'abandoned');
  }

  /**
   * Ends all of them as `aborted`, `abort_reason: shutdown`: the process leaves. The innermost first, so that a message
   * counts the tools that were cut with it.
   */
  finishAll(): void {
    const calls = this.oldestCalls(this.count).map((call) => ({ call, depth: call.outer?.depth ?? -1 }));
    calls.sort((a, b) => b.depth - a.depth);
    for (const { call } of calls) this.end(call, 'aborted', 'shutdown');
    // What an end has begun.
    while (this.oldest !== undefined) this.end(this.oldest, 'aborted', 'shutdown');
  }

  private end(call: OpenCall, outcome: 'aborted' | 'abandoned', reason?: 'shutdown'): void {
    this.remove(call);
    call.finish(outcome, reason);
  }
}
