import { analytics } from './instrumentation.js';
import { Module } from '@nestjs/common';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { ChatController } from './chat.controller.js';
import { ConsoleSink } from './console.sink.js';

@Module({
  imports: [AnalyticsModule.forRoot({ integrations: [analytics], sinks: [new ConsoleSink()] })],
  controllers: [ChatController],
})
export class AppModule {}
