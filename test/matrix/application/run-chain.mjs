// One runnable of LangChain with a model in it, in an application context, whose integration is to see both.
import 'reflect-metadata';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { RunnableLambda } from '@langchain/core/runnables';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { langchain } from 'nestjs-agent-analytics/langchain';

class AppModule {}
Module({ imports: [AnalyticsModule.forRoot({ integrations: [langchain()] })] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const model = new FakeListChatModel({ responses: ['hello'] });
const chain = RunnableLambda.from((text) => model.invoke(text)).withConfig({ runName: 'copilot' });
const { content } = await chain.invoke('hi');
await app.close();
console.log(content);
