import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import type { AnalyticsEvent } from 'nestjs-agent-analytics';
import { LoopbackGuard } from './loopback.guard.js';
import { RecentEvents } from './recent-events.sink.js';

@Controller('demo/events')
@UseGuards(LoopbackGuard)
export class EventsController {
  constructor(private readonly recent: RecentEvents) {}

  /** The last 500 events as they were sent, the oldest first; for this machine only. */
  @Get()
  @Header('cache-control', 'no-store')
  list(): readonly AnalyticsEvent[] {
    return this.recent.list();
  }
}
