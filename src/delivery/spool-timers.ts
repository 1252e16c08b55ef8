import type { Clock, TimerHandle } from '../event/clock.js';

/** What the spool wants done, and how often. */
export interface SpoolChores {
  /** Within a second of each change: saves the cursor, or looks whether the disk takes events again. */
  readonly save: () => void;
  /** Every 15 s: shows other processes that this one lives. */
  readonly beat: () => void;
  /** Every 60 s: drops what is too old, adopts what dead processes left. */
  readonly sweep: () => void;
}

const saveMs = 1_000;
const beatMs = 15_000;
const beatsPerSweep = 4;

/** Drives a spool: one timer for its heartbeat, a second one only while something changes. */
export class SpoolTimers {
  private saving: TimerHandle | undefined;
  private beating: TimerHandle | undefined;
  private stepping: TimerHandle | undefined;
  private beats = 0;

  constructor(
    private readonly clock: Clock,
    private readonly chores: SpoolChores,
  ) {}

  start(): void {
    this.beating = this.clock.setTimer(() => {
      this.start();
      this.chores.beat();
      if (++this.beats % beatsPerSweep === 0) this.chores.sweep();
    }, beatMs);
  }

  /** Something changed that is to be saved. */
  changed(): void {
    this.saving ??= this.clock.setTimer(() => {
      this.saving = undefined;
      this.chores.save();
    }, saveMs);
  }

  /** Goes on with this in the next turn of the event loop, unless something is to go on by then already. */
  soon(act: () => void): void {
    this.stepping ??= this.clock.setTimer(() => {
      this.stepping = undefined;
      act();
    }, 0);
  }

  stop(): void {
    this.stepping?.cancel();
    this.saving?.cancel();
    this.beating?.cancel();
  }
}
