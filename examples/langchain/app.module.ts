import { Module } from '@nestjs/common';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { langchain } from 'nestjs-agent-analytics/langchain';
import { ChatController } from './chat.controller.js';
import { ConsoleSink } from './console.sink.js';
import { modelProvider } from './model.provider.js';
import { RoomsAgent } from './rooms.agent.js';

@Module({
  // All there is to do: no callback is passed anywhere.
  imports: [AnalyticsModule.forRoot({ integrations: [langchain()], sinks: [new ConsoleSink()] })],
  controllers: [ChatController],
  providers: [RoomsAgent, modelProvider],
})
export class AppModule {}
