import type { Terminal } from '../terminal.js';

export interface ProgressBar {
  readonly show: (done: number, total: number) => void;
  /** Takes it away. */
  readonly end: () => void;
}

const width = 30;
/** A terminal that is written to more often than this is what the work waits for. */
const leastMs = 100;

/** A bar on one line of the terminal, `what` being done; nothing where the terminal has no such line (a pipe). */
export function progressBar({ progress }: Terminal, what: string): ProgressBar {
  let shown = '';
  let shownAt = -Infinity;
  return {
    show(done, total) {
      const now = performance.now();
      if (progress === undefined || (done < total && now - shownAt < leastMs)) return;
      shownAt = now;
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const full = Math.floor(share * width);
      const line = `[${'='.repeat(full)}${' '.repeat(width - full)}] ${done} of ${total} ${what}`;
      if (line !== shown) progress(line);
      shown = line;
    },
    end: () => progress?.(''),
  };
}
