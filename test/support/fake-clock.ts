import type { Clock, TimerHandle } from '../../src/event/clock.js';

/** A clock that a test moves by hand; its timers fire within `advance`. */
export class FakeClock implements Clock {
  private elapsed = 0;
  private readonly timers = new Set<{ readonly at: number; readonly fn: () => void }>();

  constructor(private readonly start = Date.parse('2026-01-02T03:04:05.678Z')) {}

  /** Timers that stand. */
  get pendingTimers(): number {
    return this.timers.size;
  }

  now(): number {
    return this.start + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  setTimer(fn: () => void, ms: number): TimerHandle {
    const timer = { at: this.elapsed + ms, fn };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  }

  /** Milliseconds until the next timer; `undefined` where none stands. */
  untilNext(): number | undefined {
    const next = this.next();
    return next && Math.max(0, next.at - this.elapsed);
  }

  /** Moves on, firing in their order the timers that fall into this time. */
  advance(ms: number): void {
    const end = this.elapsed + ms;
    for (let next = this.next(); next && next.at <= end; next = this.next()) {
      this.elapsed = Math.max(this.elapsed, next.at);
      this.timers.delete(next);
      next.fn();
    }
    this.elapsed = end;
  }

  private next() {
    return [...this.timers].sort((a, b) => a.at - b.at)[0];
  }
}
