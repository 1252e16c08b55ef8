/** Lets tests wait for what happens, without polling: whoever changes something calls `check`. */
export class Conditions {
  private readonly waiting = new Set<() => void>();

  /** Looks again at all that is waited for. */
  check(): void {
    for (const look of [...this.waiting]) look();
  }

  /** Resolves once `done()`; rejects after `timeoutMs`, saying how far it got. */
  until(done: () => boolean, progress: () => string, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      const look = () => {
        if (!done()) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`Waited ${timeoutMs} ms and have ${progress()}.`));
      }, timeoutMs);
      this.waiting.add(look);
      look();
    });
  }
}
