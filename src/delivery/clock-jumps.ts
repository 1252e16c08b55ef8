import type { Clock } from '../event/clock.js';

const mostMs = 60_000;

/** Notices that somebody set the wall clock: a device that boots in 1970, say, and hears later what time it is. */
export class ClockJumps {
  private offset: number;

  constructor(private readonly clock: Clock) {
    this.offset = clock.now() - clock.monotonic();
  }

  /** Whether, since the last call, it went on by over a minute more or less than time did. */
  jumped(): boolean {
    const before = this.offset;
    this.offset = this.clock.now() - this.clock.monotonic();
    return Math.abs(this.offset - before) > mostMs;
  }
}
