import type { Message } from '../../src/event/messages.js';
import type { Reporter } from '../../src/event/reporter.js';

/** A reporter that keeps what a developer would read, by the rules of `Reporter`. */
export class Spoken implements Reporter {
  readonly lines: Message[] = [];
  private readonly once = new Set<string>();
  private readonly troubles = new Set<string>();

  /** The codes of what was said, in order. */
  get codes(): string[] {
    return this.lines.map((line) => line.code);
  }

  /** All that was said, as one text. */
  get text(): string {
    return this.lines.map((line) => line.text).join('\n');
  }

  warnOnce(message: Message, subject = ''): void {
    const key = `${message.code} ${subject}`;
    if (this.once.has(key)) return;
    this.once.add(key);
    this.lines.push(message);
  }

  troubleBegins(kind: string, message: Message): void {
    if (this.troubles.has(kind)) return;
    this.troubles.add(kind);
    this.lines.push(message);
  }

  troubleEnds(kind: string, message: Message): void {
    if (this.troubles.delete(kind)) this.lines.push(message);
  }

  debug(): void {
    // Nobody reads it.
  }
}
