import 'reflect-metadata';
import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AnalyticsConfigurationError } from 'nestjs-agent-analytics';
import { AnalyticsInbox } from 'nestjs-agent-analytics/inbox';
import { AppModule } from './app.module.js';
import { DemoSettingError, portSetting, setting } from './demo-settings.js';
import { exampleFolder } from './example-folder.js';
import { COPILOT_MODEL, type CopilotModel } from './model/model.provider.js';
import { pageHeaders } from './page-headers.js';

async function start(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    logger: ['error', 'warn'],
    abortOnError: false,
    // Ctrl+C ends the demo although a page keeps its connection open.
    forceCloseConnections: true,
  });
  app.enableShutdownHooks();
  app.disable('x-powered-by');
  app.use(pageHeaders);
  app.useStaticAssets(exampleFolder('public'));

  const config = app.get(ConfigService);
  await app.listen(portSetting(config), setting(config, 'HOST') ?? '127.0.0.1');
  sayHello(await app.getUrl(), app.get(AnalyticsInbox).url, config, app.get<CopilotModel>(COPILOT_MODEL));
}

function sayHello(url: string, inbox: string | null, config: ConfigService, { description }: CopilotModel): void {
  const key = setting(config, 'POSTHOG_API_KEY') ?? setting(config, 'POSTHOG_PROJECT_TOKEN');
  const host = setting(config, 'POSTHOG_HOST') ?? 'https://us.i.posthog.com';
  const events = key
    ? `go to PostHog at ${host}, and show below`
    : 'stay here and show below (set POSTHOG_API_KEY to send them)';
  const alone = inbox === null ? '' : `\n  Its events, in the page and alone: ${inbox}`;
  console.log(`\n  Copilot demo: ${url}${alone}\n  Events ${events}.\n  Answers come from ${description}.\n`);
}

function explain(error: unknown): string {
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one: PORT=${Number(port) + 1} npm start`;
  if (code === 'EACCES') return `Port ${port} may not be used here. Choose another one: PORT=3000 npm start`;
  if (error instanceof AnalyticsConfigurationError || error instanceof DemoSettingError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

start().catch((error: unknown) => {
  console.error(`\n  The demo could not start. ${explain(error)}\n`);
  process.exit(1);
});
