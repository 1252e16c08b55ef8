import { Module } from '@nestjs/common';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { ConsoleSink } from './console.sink.js';
import { McpEndpoint } from './mcp.controller.js';
import { mcpAnalytics } from './mcp.js';
import { RoomsTools } from './rooms.tools.js';

@Module({
  imports: [AnalyticsModule.forRoot({ integrations: [mcpAnalytics], sinks: [new ConsoleSink()] })],
  controllers: [McpEndpoint, RoomsTools],
})
export class AppModule {}
