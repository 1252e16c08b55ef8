import type { Terminal } from '../terminal.js';

export interface ProgressBar {
  readonly show: (done: number, total: number) => void;
  /** Takes it away. */
  readonly end: () => void;
}

const width = 30;

/** A bar on one line of the terminal, `what` being done; nothing where the terminal has no such line (a pipe). */
export function progressBar({ progress }: Terminal, what: string): ProgressBar {
  let shown = '';
  return {
    show(done, total) {
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const full = Math.floor(share * width);
      const line = `[${'='.repeat(full)}${' '.repeat(width - full)}] ${done} of ${total} ${what}`;
      if (line !== shown) progress?.(line);
      shown = line;
    },
    end: () => progress?.(''),
  };
}
