import { Controller, Get, Module, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { AnalyticsModule, AnalyticsService, TrackToolCall, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

@Controller()
class ChatController {
  @Get('callback')
  @TrackToolCall({
    properties: () => {
      throw new Error('a callback that throws');
    },
  })
  callback(): string {
    return 'the answer';
  }

  @Get('getter')
  @TrackToolCall({ properties: ({ result }) => ({ all: result }) })
  getter(): object {
    // Enumerable for the tracker to stumble over; to the client goes what toJSON says.
    const result = { id: 'agent-1', toJSON: () => ({ id: 'agent-1' }) };
    return Object.defineProperty(result, 'toolCallId', { enumerable: true, get: thrower });
  }

  @Get('plain')
  @TrackToolCall()
  plain(): string {
    return 'the answer';
  }
}

let server: PostHogServer;
let app: INestApplication;
let warnings: string[];
beforeEach(async () => {
  server = await startPostHogServer();
});
afterEach(async () => {
  await app.close();
  await server.close();
});

async function start(options: AnalyticsOptions = {}): Promise<string> {
  warnings = [];
  const say = (text: unknown): void => void warnings.push(String(text));
  const logger: LoggerService = { log: () => undefined, warn: say, error: say };
  @Module({
    imports: [AnalyticsModule.forRoot({ apiKey: 'phc_x', host: server.url, ...options })],
    controllers: [ChatController],
  })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger });
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}

describe('the application’s own answer is unchanged, and one warning is said, where', () => {
  it.each<[string, string, AnalyticsOptions, RegExp]>([
    ['a callback of a decorator throws', 'callback', {}, /properties callback of ChatController\.callback threw Error/],
    ['a sink throws', 'plain', { sinks: [{ write: thrower }] }, /threw or rejected/],
    ['a sink rejects', 'plain', { sinks: [{ write: () => Promise.reject(new Error('x')) }] }, /threw or rejected/],
    ['beforeSend throws', 'plain', { beforeSend: thrower }, /beforeSend threw Error/],
    ['onDrop throws', 'plain', { beforeSend: () => null, onDrop: thrower }, /onDrop callback threw Error/],
    [
      'the identity resolver throws',
      'plain',
      { identity: thrower },
      /identity callback of AnalyticsModule threw Error/,
    ],
  ])('%s', async (_, path, options, warning) => {
    const url = await start(options);
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`${url}/${path}`);
      expect([response.status, await response.text()]).toEqual([200, 'the answer']);
      await app.get(AnalyticsService).flush();
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(warning);
    expect(server.events).toHaveLength(options.onDrop === undefined ? 3 : 0);
  });

  it('a getter of a result throws: it is said in the event, not in a warning', async () => {
    const url = await start();
    const response = await fetch(`${url}/getter`);
    expect(await response.json()).toEqual({ id: 'agent-1' });
    await app.get(AnalyticsService).flush();
    expect(server.events).toMatchObject([{ event: 'copilot_tool_called', properties: { all: { id: 'agent-1' } } }]);
    expect(warnings).toEqual([]);
  });
});

function thrower(): never {
  throw new Error('never into the application');
}
