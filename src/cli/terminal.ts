import type { Readable } from 'node:stream';
import { unicodeEscape, unseen } from '../inbox/visible-text.js';

/** What a command reads from and writes to. */
export interface Terminal {
  /** One line of the command's result. */
  readonly out: (line: string) => void;
  /** One line for the person before it. */
  readonly error: (line: string) => void;
  /** Shows this text in the place of the last one, on a line that it leaves when the text is empty. Absent in a pipe. */
  readonly progress?: ((text: string) => void) | undefined;
  readonly input: Readable;
  /** Aborted when the person has had enough (Ctrl+C), or nobody reads the result any more. */
  readonly stop: AbortSignal;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // `… | head` closes the pipe: that is no failure.
  process.stdout.on('error', () => stop.abort());
  // Nobody hears what is said, and the work goes on.
  process.stderr.on('error', () => undefined);
  let isShowing = false;
  const show = (text: string): void => {
    // Both streams may be the same terminal: a line begins where nothing of the progress stands.
    if (text !== '' || isShowing) process.stderr.write(`\r\u001b[K${text}`);
    isShowing = text !== '';
  };
  const say = (stream: NodeJS.WriteStream, line: string): void => {
    show('');
    stream.write(`${line}\n`);
    // At once, for work that does not wait for the event.
    if (process.stdout.errored) stop.abort();
  };
  return {
    out: (line) => say(process.stdout, line),
    error: (line) => say(process.stderr, line),
    progress: process.stderr.isTTY ? show : undefined,
    input: process.stdin,
    stop: stop.signal,
  };
}

/**
 * A text of an event for a terminal: control characters, escapes of colour and direction, and all else that one can't
 * see or is misled by, written as their codes.
 */
export function forTerminal(text: string): string {
  return text.replace(unseen, unicodeEscape);
}

/** JSON on one line that is safe on a terminal; it says the same. */
export function jsonLine(value: unknown): string {
  return forTerminal(JSON.stringify(value));
}
