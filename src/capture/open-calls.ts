import type { Clock } from '../event/clock.js';

/** A tracked call that has begun and not ended. */
export interface OpenCall {
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Emits the call's event now, with this outcome; what happens to the call later is not told again. */
  finish(outcome: 'aborted' | 'abandoned', abortReason?: 'shutdown'): void;
}

/**
 * The calls in flight, oldest first, bounded by count and age, so that calls that never end leak nothing:
 * beyond the bounds the oldest are emitted as `abandoned`.
 */
export class OpenCalls {
  private readonly calls = new Set<OpenCall>();

  constructor(
    private readonly clock: Clock,
    private readonly maxCalls = 100_000,
    private readonly maxAgeMs = 60 * 60_000,
  ) {}

  get size(): number {
    return this.calls.size;
  }

  add(call: OpenCall): void {
    this.calls.add(call);
    if (this.calls.size > this.maxCalls) this.abandonOldest();
  }

  remove(call: OpenCall): void {
    this.calls.delete(call);
  }

  /** Emits as `abandoned` what is older than the age limit; the drain calls it now and then. */
  sweep(): void {
    const before = this.clock.monotonic() - this.maxAgeMs;
    for (const call of this.calls) {
      if (call.startedAt > before) return;
      this.calls.delete(call);
      call.finish('abandoned');
    }
  }

  /** Ends all of them as `aborted`, `abort_reason: shutdown`: the process leaves. */
  finishAll(): void {
    for (const call of this.calls) call.finish('aborted', 'shutdown');
    this.calls.clear();
  }

  private abandonOldest(): void {
    for (const call of this.calls) {
      this.calls.delete(call);
      call.finish('abandoned');
      return;
    }
  }
}
