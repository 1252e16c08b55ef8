import { Injectable } from '@nestjs/common';
import type { AnalyticsEvent, EventSink } from 'nestjs-agent-analytics';

const KEPT = 500;

/** Keeps the last 500 events, so that a script can look at what it caused. */
@Injectable()
export class RecentEvents implements EventSink {
  private readonly kept: AnalyticsEvent[] = [];

  write(events: readonly AnalyticsEvent[]): void {
    this.kept.push(...events);
    if (this.kept.length > KEPT) this.kept.splice(0, this.kept.length - KEPT);
  }

  /** The oldest first. */
  list(): readonly AnalyticsEvent[] {
    return this.kept;
  }
}
