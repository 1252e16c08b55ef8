import type { Clock } from '../event/clock.js';

/** Node fires a timer that is set for longer at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** Lets somebody wait until something has come about: whoever changes something calls `check`. */
export class Progress {
  private readonly looks = new Set<() => void>();

  check(): void {
    for (const look of this.looks) look();
  }

  /** Resolves once `isOver()`, or after `timeoutMs`. */
  until(isOver: () => boolean, timeoutMs: number, clock: Clock): Promise<void> {
    if (isOver()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        this.looks.delete(look);
        resolve();
      };
      const look = () => {
        if (isOver()) end();
      };
      const timer = clock.setTimer(end, Math.min(timeoutMs, longestTimerMs));
      this.looks.add(look);
    });
  }
}
