import type { Clock } from '../event/clock.js';

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
      const timer = clock.setTimer(end, timeoutMs);
      this.looks.add(look);
    });
  }
}
