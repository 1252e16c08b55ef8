import { Injectable } from '@nestjs/common';
import type { AnalyticsEvent, EventSink } from 'nestjs-agent-analytics';
import { eventLine } from './event-line.js';

/** Shows each event as one line of the terminal, as it is sent. */
@Injectable()
export class ConsoleSink implements EventSink {
  private readonly coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

  write(events: readonly AnalyticsEvent[]): void {
    for (const event of events) process.stdout.write(`${eventLine(event, this.coloured)}\n`);
  }
}
