// An application with an integration whose framework is older than it supports.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsModule, AnalyticsService } from 'nestjs-agent-analytics';

const [integration] = Object.values(await import(`nestjs-agent-analytics/${process.env.INTEGRATION}`)).filter(
  (each) => typeof each === 'function',
);

class AppModule {}
Module({ imports: [AnalyticsModule.forRoot({ integrations: [integration()] })] })(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
app.get(AnalyticsService).capture('plan_upgraded', {}, { userId: 'u1' });
await app.close();
