import { get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { NEVER, startWith } from 'rxjs';
import { expect, it, onTestFinished } from 'vitest';
import { AnalyticsModule, TrackMessage } from '../../src/index.js';
import { startPostHogServer } from '../support/posthog-server.js';

it('sends what an open stream has to tell though it holds up the end of the application', async () => {
  const server = await startPostHogServer();
  onTestFinished(() => server.close());

  @Controller()
  class ChatController {
    @Sse(':sessionId')
    @TrackMessage({ message: () => 'hi' })
    stream() {
      return NEVER.pipe(startWith({ data: 'first' }));
    }
  }
  const settings = { apiKey: 'phc_test', host: server.url, shutdownTimeoutMs: 1_000 };
  @Module({ imports: [AnalyticsModule.forRoot(settings)], controllers: [ChatController] })
  class ChatModule {}
  const app = await NestFactory.create(ChatModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const stream = await new Promise<IncomingMessage>((opened, failed) => {
    const request = get({ host: '127.0.0.1', port, path: '/s1' }, (response) => {
      response.once('data', () => opened(response));
    });
    request.on('error', failed);
  });
  stream.on('error', () => undefined);

  const closed = app.close();
  await server.waitFor(2);
  expect(server.events.map(({ event }) => event)).toEqual(['copilot_message_sent', 'copilot_response_completed']);
  expect(server.events[1]?.properties).toMatchObject({ outcome: 'aborted', abort_reason: 'shutdown' });
  stream.destroy();
  await closed;
});
