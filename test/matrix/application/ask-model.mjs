// One call of the AI SDK in an application context, whose integration is to see it.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { generateText } from 'ai';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';

const model = {
  specificationVersion: 'v3',
  provider: 'scripted',
  modelId: 'parrot',
  supportedUrls: {},
  doGenerate: async () => ({
    content: [{ type: 'text', text: 'hello' }],
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: { total: 3 }, outputTokens: { total: 1 } },
    warnings: [],
  }),
};

class AppModule {}
Module({ imports: [AnalyticsModule.forRoot({ integrations: [aiSdk()] })] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const { text } = await generateText({
  model,
  prompt: 'hi',
  telemetry: { functionId: 'copilot' },
  experimental_telemetry: { isEnabled: true, functionId: 'copilot' },
});
await app.close();
console.log(text);
