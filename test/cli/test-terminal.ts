import { PassThrough } from 'node:stream';
import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal that keeps what is written to it. */
export class TestTerminal implements Terminal {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly input = new PassThrough();
  private readonly stopping = new AbortController();
  private readonly checks = new Set<() => void>();

  get stop(): AbortSignal {
    return this.stopping.signal;
  }

  readonly out = (line: string): void => this.note(this.lines, line);
  readonly error = (line: string): void => this.note(this.errors, line);

  interrupt(): void {
    this.stopping.abort();
  }

  /** Resolves when it is so, looking at each line that is written. */
  until(isSo: (terminal: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!isSo(this)) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }

  private note(where: string[], line: string): void {
    where.push(line);
    for (const check of [...this.checks]) check();
  }
}
