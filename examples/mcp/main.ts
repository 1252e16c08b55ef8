import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { startMcp } from './mcp.js';

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], forceCloseConnections: true });
app.enableShutdownHooks();
await startMcp(app);
await app.listen(process.env['PORT'] ?? 3000, '127.0.0.1');
console.log(
  `\n  An MCP server: ${await app.getUrl()}/mcp\n  Each call of a tool shows here; README.md has one to try.\n`,
);
