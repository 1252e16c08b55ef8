import { Agent, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { randomNumbers } from '../support/random-numbers.js';
import { ConversationsModule, type MessageBody } from './conversations.app.js';

const CONVERSATIONS = 200;
const USERS = 20;
const MESSAGES = 3;

// One seed a run, printed with a failure: give it as SEED to see the same conversations again.
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('%s: 200 conversations of 20 users at once (seed %i)'.replace('%i', String(seed)), (_, adapter) => {
  let app: INestApplication;
  afterEach(() => app.close());

  it('put every event on its own user and session, none missing and none doubled', async () => {
    const builder = Test.createTestingModule({ imports: [ConversationsModule] });
    const analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication(adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 40 });

    const streams = await Promise.all(Array.from({ length: CONVERSATIONS }, (_, i) => converse(i, port, agent)));
    const random = randomNumbers(seed + 1);
    // Each stream that a conversation left behind is read in a request of another user.
    await Promise.all(
      streams.flat().map(({ id, reader }) => call(agent, port, 'GET', `/streams/${id}?ms=${random(3)}`, reader)),
    );
    await call(agent, port, 'GET', '/settle', undefined);
    agent.destroy();

    expect(mixedUp(analytics)).toEqual([]);
    const streamed = streams.flat().length;
    const messages = CONVERSATIONS * MESSAGES;
    expect(countByName(analytics)).toEqual({
      copilot_message_sent: messages,
      copilot_response_completed: messages,
      copilot_agent_run_success: messages,
      // Four of findAgent and one after the response with each message; each stream and the two calls it makes.
      copilot_tool_called: messages * 5 + streamed * 3,
    });
  });
});

interface LeftStream {
  readonly id: string;
  /** The user whose request reads it. */
  readonly reader: string;
}

/** One conversation: some are signed in, some anonymous, some sign in during their second message. */
async function converse(index: number, port: number, agent: Agent): Promise<LeftStream[]> {
  const random = randomNumbers(seed * 1_000 + index);
  const session = `session-${index}`;
  const user = `user-${index % USERS}`;
  const kind = ['signed-in', 'anonymous', 'half-way'][index % 3];
  const left: LeftStream[] = [];
  for (let message = 0; message < MESSAGES; message++) {
    await delay(random(10));
    const signsIn = kind === 'half-way' && message === 1;
    const known = kind === 'signed-in' || (kind === 'half-way' && message > 1);
    const body: MessageBody = {
      truth: { session, user: known ? user : null },
      ...(signsIn && { signIn: user }),
      ...(random(4) === 0 && { leaveStream: `${session}-${message}` }),
      delays: [random(8), random(8), random(8)],
    };
    await call(agent, port, 'POST', `/chat/${session}/messages`, known ? user : undefined, body);
    if (body.leaveStream) left.push({ id: body.leaveStream, reader: `user-${(index + 7) % USERS}` });
  }
  return left;
}

function mixedUp(analytics: AnalyticsRecorder): object[] {
  return analytics.events().flatMap(({ event, distinctId, properties }) => {
    const { session_id } = properties;
    // The start of a message has no result, so its properties callback is not asked.
    if (event === 'copilot_message_sent')
      return isOwn(distinctId, session_id as string) ? [] : [{ event, distinctId, session_id }];
    const { expected_session, expected_user } = properties;
    const person = expected_user ?? `anonymous_${expected_session as string}`;
    const isRight = distinctId === person && session_id === expected_session;
    return isRight ? [] : [{ event, distinctId, session_id, expected_session, expected_user }];
  });
}

/** Whether a session and a person belong together: its user, or its anonymous person. */
function isOwn(distinctId: string, session: string): boolean {
  const index = Number(session.replace('session-', ''));
  return distinctId === `anonymous_${session}` || distinctId === `user-${index % USERS}`;
}

function countByName(analytics: AnalyticsRecorder): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of analytics.events()) counts[event] = (counts[event] ?? 0) + 1;
  return counts;
}

function call(agent: Agent, port: number, method: string, path: string, user?: string, body?: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { ...(user && { authorization: user }), 'content-type': 'application/json' };
    const sent = request({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode < 300) resolve();
        else reject(new Error(`${method} ${path}: ${statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
