import { get } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { setImmediate as tick } from 'node:timers/promises';
import { Controller, Get, Module, Param, Res, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { streamText, type LanguageModel } from 'ai';
import type { Response } from 'express';
import { AnalyticsModule, TrackMessage } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, expect, it } from 'vitest';
import { Conditions } from '../support/conditions.js';
import { scriptedAiModel } from './ai-sdk.js';
import { PROMPT, scripts } from './script.js';

const closed = new Conditions();
let aborts = 0;

@Controller('chat')
class ChatController {
  @Get(':sessionId/stream')
  @TrackMessage({ message: () => PROMPT })
  async stream(@Param('sessionId') _session: string, @Res() response: Response): Promise<void> {
    const left = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) left.abort(new Error('client closed'));
    });
    const { textStream } = streamText({
      model: scriptedAiModel('v4', scripts.abort.steps) as unknown as LanguageModel,
      prompt: PROMPT,
      abortSignal: left.signal,
      telemetry: { functionId: 'copilot' },
    });
    for await (const text of textStream) response.write(text);
    response.end();
    aborts++;
    closed.check();
  }
}

@Module({ imports: [AnalyticsModule.forRoot({ integrations: [aiSdk()] })], controllers: [ChatController] })
class AppModule {}

let app: INestApplication;
let analytics: AnalyticsRecorder;
afterEach(() => app.close());

it('A client that leaves a stream over HTTP ends message, run and the call of the model, each with that reason', async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  analytics = recordAnalytics(builder);
  app = (await builder.compile()).createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;

  const request = get({ host: '127.0.0.1', port, path: '/chat/s1/stream' }, (response) => {
    response.on('error', () => undefined);
    response.once('data', () => request.destroy());
  });
  request.on('error', () => undefined);
  await closed.until(
    () => aborts === 1,
    () => `${aborts} streams closed`,
    5_000,
  );

  // The handler's own promise settles after what it has told us.
  await tick();
  const ends = analytics.events().map(({ event, properties: p }) => [event, p.outcome, p.abort_reason]);
  expect(ends.sort()).toEqual([
    ['$ai_generation', 'aborted', 'client_closed'],
    ['$ai_span', 'aborted', 'client_closed'],
    ['$ai_trace', 'aborted', 'client_closed'],
    ['copilot_agent_run_failed', 'aborted', 'client_closed'],
    ['copilot_message_sent', undefined, undefined],
    ['copilot_response_completed', 'aborted', 'client_closed'],
  ]);
  expect(new Set(analytics.events().map(({ properties }) => properties['$ai_trace_id'])).size).toBe(1);
  expect(new Set(analytics.events().map(({ properties }) => properties['session_id']))).toEqual(new Set(['s1']));
});
