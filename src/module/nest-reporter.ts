import { Logger } from '@nestjs/common';
import type { Message } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';

/** More kinds of warning than this are not remembered, and not said. */
const MOST_WARNINGS = 1_000;

/** Speaks through Nest's logger. A logger that throws is ignored: analytics never throws into the application. */
export class NestReporter implements Reporter {
  private readonly said = new Set<string>();
  private readonly troubles = new Set<string>();
  private readonly logger = new Logger('AnalyticsModule');

  warnOnce(message: Message, subject = ''): void {
    const key = `${message.code} ${subject}`;
    if (this.said.has(key) || this.said.size >= MOST_WARNINGS) return;
    this.said.add(key);
    this.say('warn', textOf(message));
  }

  troubleBegins(kind: string, message: Message, level: 'warn' | 'error' = 'warn'): void {
    if (this.troubles.has(kind)) return;
    this.troubles.add(kind);
    this.say(level, textOf(message));
  }

  troubleEnds(kind: string, message: Message): void {
    if (this.troubles.delete(kind)) this.say('log', textOf(message));
  }

  debug(text: string): void {
    this.say('debug', text);
  }

  private say(level: 'debug' | 'log' | 'warn' | 'error', text: string): void {
    try {
      this.logger[level](text);
    } catch {
      // The application's logger is broken; there is nobody left to tell.
    }
  }
}

function textOf({ code, text }: Message): string {
  return `${text} (${code})`;
}
