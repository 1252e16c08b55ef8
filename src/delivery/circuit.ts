import type { Clock } from '../event/clock.js';
import { backoffMs } from './retry.js';

/** Why nothing but a probe is sent. */
export type Trouble = 'backoff' | 'key_hold' | 'endpoint_hold';

/** Requests under way while all is well: the more, the less a slow answer costs. */
const mostInFlight = 4;
const keyProbeMs = 10 * 60_000;
/** While the process leaves there is no time for long pauses. */
const leavingPauseMs = 250;

/** Whether another request may go to an endpoint: several while all is well, one at a time after a wait in trouble. */
export class Circuit {
  private current: Trouble | undefined;
  private failures = 0;
  /** Monotonic milliseconds before which nothing goes: by our own backoff, and by the server's word. */
  private pausedUntil = 0;
  private toldUntil = 0;
  private leaving = false;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  get trouble(): Trouble | undefined {
    return this.current;
  }

  /** Milliseconds until the next request may go, if none is under way. */
  get waitMs(): number {
    if (this.current === undefined) return 0;
    return Math.max(0, Math.max(this.pausedUntil, this.toldUntil) - this.clock.monotonic());
  }

  allows(inFlight: number): boolean {
    if (this.current === undefined) return inFlight < mostInFlight;
    return inFlight === 0 && this.waitMs === 0;
  }

  succeeded(): void {
    this.current = undefined;
    this.failures = 0;
    this.toldUntil = 0;
  }

  /**
   * Goes into this trouble. Requests that were under way when it began fail beside each other: only the first of them,
   * and each probe after that, make the wait longer.
   */
  failed(trouble: Trouble, wasProbe: boolean, retryAfterMs = 0): void {
    const now = this.clock.monotonic();
    const isNews = wasProbe || trouble !== this.current;
    if (wasProbe || this.current === undefined) this.failures++;
    this.current = trouble;
    if (isNews) this.pausedUntil = now + this.pauseFor(trouble);
    this.toldUntil = Math.max(this.toldUntil, now + retryAfterMs);
  }

  /** Ends our own pause; the server's word stands. */
  hurry(): void {
    this.pausedUntil = 0;
  }

  /** The process leaves: what can still be sent must not wait long. A key that was refused is not tried again. */
  leave(): void {
    this.leaving = true;
    if (this.current !== 'key_hold') this.hurry();
  }

  private pauseFor(trouble: Trouble): number {
    if (trouble === 'key_hold') return keyProbeMs;
    const pause = backoffMs(this.failures, this.random);
    return this.leaving && trouble === 'backoff' ? Math.min(pause, leavingPauseMs) : pause;
  }
}
