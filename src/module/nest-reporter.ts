import { Logger } from '@nestjs/common';
import type { SaidMessage } from '../delivery/analytics-report.js';
import { systemClock, type Clock } from '../event/clock.js';
import type { Message } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';

/** More kinds of warning than this are not remembered, and not said. */
const MOST_WARNINGS = 1_000;

type Remembered = { -readonly [K in keyof SaidMessage]: SaidMessage[K] };

/** Speaks through Nest's logger. A logger that throws is ignored: analytics never throws into the application. */
export class NestReporter implements Reporter {
  private readonly warnings = new Map<string, Remembered>();
  private readonly troubles = new Map<string, Remembered>();
  private readonly logger = new Logger('AnalyticsModule');

  constructor(private readonly clock: Clock = systemClock) {}

  /** What was said so far, the troubles that last first. */
  said(): readonly SaidMessage[] {
    return [...this.troubles.values(), ...this.warnings.values()].map((each) => ({ ...each }));
  }

  warnOnce(message: Message, subject = ''): void {
    const key = `${message.code} ${subject}`;
    if (this.isKnown(this.warnings, key) || this.warnings.size >= MOST_WARNINGS) return;
    this.warnings.set(key, this.remember(message, 'warning', 'warn'));
    this.say('warn', textOf(message));
  }

  troubleBegins(kind: string, message: Message, level: 'warn' | 'error' = 'warn'): void {
    if (this.isKnown(this.troubles, kind)) return;
    this.troubles.set(kind, this.remember(message, 'trouble', level));
    this.say(level, textOf(message));
  }

  troubleEnds(kind: string, message: Message): void {
    if (this.troubles.delete(kind)) this.say('log', textOf(message));
  }

  debug(text: string): void {
    this.say('debug', text);
  }

  private isKnown(said: ReadonlyMap<string, Remembered>, key: string): boolean {
    const known = said.get(key);
    if (known === undefined) return false;
    known.count++;
    known.lastAt = this.clock.now();
    return true;
  }

  private remember(message: Message, kind: SaidMessage['kind'], level: SaidMessage['level']): Remembered {
    const now = this.clock.now();
    return { message, kind, level, count: 1, firstAt: now, lastAt: now };
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
