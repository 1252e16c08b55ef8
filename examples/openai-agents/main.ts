import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { setTraceProcessors } from '@openai/agents';
import { AppModule } from './app.module.js';

// OpenAI's own exporter would send whole conversations there. Before the application starts, or ours would go too.
setTraceProcessors([]);

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], forceCloseConnections: true });
app.enableShutdownHooks();
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
console.log(
  `\n  A copilot on OpenAI Agents: ${await app.getUrl()}/chat/s1\n  Its events show here; README.md has a message to send.\n`,
);
