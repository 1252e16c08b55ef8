import { Module } from '@nestjs/common';
import { ConsoleSink } from './console.sink.js';
import { EventsController } from './events.controller.js';
import { RecentEvents } from './recent-events.sink.js';

/** Where this demo shows its events besides PostHog. */
@Module({
  controllers: [EventsController],
  providers: [ConsoleSink, RecentEvents],
  exports: [ConsoleSink, RecentEvents],
})
export class EventsModule {}
