// One run of OpenAI Agents on a scripted model, in an application context, whose integration is to see it.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Agent, Runner, setTraceProcessors, Usage } from '@openai/agents';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { openAiAgents } from 'nestjs-agent-analytics/openai-agents';

// Without OpenAI's own exporter.
setTraceProcessors([]);

const model = {
  async getResponse() {
    const content = [{ type: 'output_text', text: 'hello' }];
    return {
      usage: new Usage({ requests: 1, inputTokens: 3, outputTokens: 1, totalTokens: 4 }),
      output: [{ type: 'message', role: 'assistant', status: 'completed', content }],
    };
  },
  async *getStreamedResponse() {},
};

class AppModule {}
Module({ imports: [AnalyticsModule.forRoot({ integrations: [openAiAgents()] })] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const { finalOutput } = await new Runner().run(new Agent({ name: 'copilot', model }), 'hi');
await app.close();
console.log(finalOutput);
