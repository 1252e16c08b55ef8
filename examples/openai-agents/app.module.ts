import { Module } from '@nestjs/common';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { openAiAgents } from 'nestjs-agent-analytics/openai-agents';
import { ChatController } from './chat.controller.js';
import { ConsoleSink } from './console.sink.js';
import { CopilotService } from './copilot.service.js';

@Module({
  imports: [AnalyticsModule.forRoot({ integrations: [openAiAgents()], sinks: [new ConsoleSink()] })],
  controllers: [ChatController],
  providers: [CopilotService],
})
export class AppModule {}
