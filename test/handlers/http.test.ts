import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { shapes, startStreamApp, type StreamApp } from './http-app.js';

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
  /** Whether the connection held until the answer was whole. */
  complete: boolean;
}

async function open(url: string, user = 'ada'): Promise<IncomingMessage> {
  const request = get(url, { agent: false, headers: { authorization: user } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  return response;
}

async function answerOf(url: string, user?: string): Promise<Answer> {
  const response = await open(url, user);
  const parts: Buffer[] = [];
  response.on('error', () => undefined);
  response.on('data', (part: Buffer) => parts.push(part));
  await new Promise((closed) => response.once('close', closed));
  const { date: _date, ...headers } = response.headers;
  const { statusCode: status, complete } = response;
  return { status, headers, body: Buffer.concat(parts).toString(), complete };
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('%s', (_, adapter) => {
  let running: StreamApp;
  beforeAll(async () => {
    running = await startStreamApp(adapter());
  });
  afterAll(() => running.app.close());
  beforeEach(() => running.analytics.clear());

  const ended = (sessionId: string) =>
    running.analytics.events('copilot_response_completed').filter((event) => event.properties.session_id === sessionId);
  /** The events of the message, once its response has been told. */
  const messageOf = async (sessionId: string) => {
    await vi.waitFor(() => expect(ended(sessionId)).not.toEqual([]), { interval: 2 });
    return running.analytics.events().filter((event) => event.properties.session_id === sessionId);
  };
  const both = ['copilot_message_sent', 'copilot_response_completed'];

  it.each(shapes)('answers a whole %s as undecorated, and tells it once', async (shape) => {
    const tracked = await answerOf(`${running.url}/tracked/s1/complete/${shape}`);
    expect(tracked).toEqual(await answerOf(`${running.url}/plain/s1/complete/${shape}`));
    expect(tracked).toMatchObject({ status: 200, complete: true });
    expect(tracked.body).toContain('三');
    const events = await messageOf('s1');
    expect(events.map(({ event }) => event)).toEqual(both);
    expect(events.map(({ distinctId }) => distinctId)).toEqual(['ada', 'ada']);
    expect(events[1]?.properties).toMatchObject({ outcome: 'success', http_status: 200, abort_reason: null });
  });

  it.each(shapes)('answers a %s whose producer fails as undecorated, and tells it once', async (shape) => {
    const tracked = await answerOf(`${running.url}/tracked/s2/fail/${shape}`);
    expect(tracked).toEqual(await answerOf(`${running.url}/plain/s2/fail/${shape}`));
    const events = await messageOf('s2');
    expect(events.map(({ event }) => event)).toEqual(both);
    expect(events[1]).toMatchObject({ distinctId: 'ada', properties: { outcome: 'error', error_type: 'RangeError' } });
  });

  it.each(shapes.filter((shape) => shape !== 'observable'))('tells once that the client left a %s', async (shape) => {
    const response = await open(`${running.url}/tracked/s3/open/${shape}`, 'bob');
    response.on('error', () => undefined);
    await once(response, 'data');
    response.destroy();
    const events = await messageOf('s3');
    expect(events.map(({ event }) => event)).toEqual(both);
    expect(events[1]).toMatchObject({
      distinctId: 'bob',
      properties: { outcome: 'aborted', abort_reason: 'client_closed' },
    });
  });
});
