import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { Body, Controller, Inject, Module, Post, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { QueueEvents, type Job, type Queue } from 'bullmq';
import {
  AnalyticsContext,
  AnalyticsModule,
  TrackAgentRun,
  TrackMessage,
  type AnalyticsContextValues,
} from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRedis, startRedisServer, type RedisServer } from '../support/redis-server.js';

interface RunJob {
  failures: number;
  analytics: AnalyticsContextValues;
}

@Processor('runs')
class RunProcessor extends WorkerHost {
  process(job: Job<RunJob>): Promise<string> {
    return AnalyticsContext.run(job.data.analytics, () => this.execute(job));
  }

  @TrackAgentRun({ dedupKey: ({ args: [job] }) => (job as Job).id })
  async execute(job: Job<RunJob>): Promise<string> {
    await Promise.resolve();
    if (job.attemptsMade < job.data.failures) throw new RangeError(`attempt ${job.attemptsMade}`);
    return `done after ${job.attemptsMade}`;
  }
}

@Processor('told once')
class OnceProcessor extends WorkerHost {
  process(job: Job<RunJob>): Promise<string> {
    return AnalyticsContext.run(job.data.analytics, () => this.execute(job));
  }

  @TrackAgentRun({
    // An attempt that is tried again is not the run's end.
    when: ({ args: [job], error }) => error === undefined || job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
  })
  async execute(job: Job<RunJob>): Promise<string> {
    await Promise.resolve();
    if (job.attemptsMade < job.data.failures) throw new RangeError(`attempt ${job.attemptsMade}`);
    return 'done';
  }
}

@Controller()
class ChatController {
  constructor(@Inject(getQueueToken('runs')) private readonly queue: Queue<RunJob>) {}

  @Post('ask')
  @TrackMessage({ message: () => 'run it' })
  async ask(@Body() { failures }: { failures: number }): Promise<{ id: string | undefined }> {
    const job = await this.queue.add('run', { failures, analytics: AnalyticsContext.get() }, { attempts: 3 });
    return { id: job.id };
  }
}

describe.skipIf(!hasRedis())('a BullMQ processor', () => {
  let redis: RedisServer;
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let finished: QueueEvents;
  let url: string;
  beforeAll(async () => {
    redis = await startRedisServer();
    const connection = { host: '127.0.0.1', port: redis.port };
    const identity = ({ request }: { request?: unknown }) => {
      const { headers } = request as { headers: Record<string, string> };
      return { userId: headers['authorization'], sessionId: headers['x-chat'] };
    };
    @Module({
      imports: [
        AnalyticsModule.forRoot({ identity }),
        BullModule.forRoot({ connection }),
        BullModule.registerQueue({ name: 'runs' }, { name: 'told once' }),
      ],
      controllers: [ChatController],
      providers: [RunProcessor, OnceProcessor],
    })
    class QueueModule {}
    const builder = Test.createTestingModule({ imports: [QueueModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
    finished = new QueueEvents('runs', { connection });
    await finished.waitUntilReady();
  });
  afterAll(async () => {
    await finished?.close();
    await app?.close();
    await redis?.close();
  });

  /** Asks in the chat, and waits until the worker has done the job. */
  const ask = async (user: string, chat: string, failures = 0) => {
    const headers = { 'content-type': 'application/json', authorization: user, 'x-chat': chat };
    const response = await fetch(`${url}/ask`, { method: 'POST', headers, body: JSON.stringify({ failures }) });
    const { id } = (await response.json()) as { id: string };
    const job = await app.get<Queue<RunJob>>(getQueueToken('runs')).getJob(id);
    return (await job?.waitUntilFinished(finished)) as unknown;
  };
  const eventsOf = (chat: string) => analytics.events().filter(({ properties }) => properties.session_id === chat);
  const runsOf = (chat: string) => eventsOf(chat).filter(({ event }) => event.includes('agent_run'));

  it('keeps a run in the conversation and trace of the message that queued it', async () => {
    const answers = await Promise.all([ask('ada', 'c1'), ask('bob', 'c2'), ask('ada', 'c3')]);
    expect(answers).toEqual(Array.from({ length: 3 }, () => 'done after 0'));
    for (const [chat, user] of [
      ['c1', 'ada'],
      ['c2', 'bob'],
      ['c3', 'ada'],
    ] as const) {
      const events = eventsOf(chat);
      expect(new Set(events.map(({ distinctId }) => distinctId))).toEqual(new Set([user]));
      expect(new Set(events.map(({ properties }) => properties.$ai_trace_id)).size).toBe(1);
      expect(runsOf(chat)).toHaveLength(1);
      expect(runsOf(chat)[0]?.properties).toMatchObject({ outcome: 'success' });
      const sent = events.find(({ event }) => event === 'copilot_response_completed');
      expect(runsOf(chat)[0]?.properties.$ai_parent_id).toBe(sent?.properties.$ai_span_id);
    }
  });

  it('gives the attempts of one job that end alike one event’s identity, and those of another job another', async () => {
    expect(await ask('ada', 'c4', 2)).toBe('done after 2');
    await ask('ada', 'c5');
    const attempts = runsOf('c4');
    expect(attempts.map(({ properties }) => properties.outcome)).toEqual(['error', 'error', 'success']);
    expect(attempts[1]?.uuid).toBe(attempts[0]?.uuid);
    // A run that failed and one that completed are two events by name.
    expect(attempts[2]?.uuid).not.toBe(attempts[0]?.uuid);
    expect(runsOf('c5')[0]?.uuid).not.toBe(attempts[2]?.uuid);
  });

  it.each([
    [2, 'success'],
    [3, 'error'],
  ])('tells a job of three attempts once where when leaves out the others: %i fail', async (failures, outcome) => {
    const queue = app.get<Queue<RunJob>>(getQueueToken('told once'));
    const events = new QueueEvents('told once', { connection: { host: '127.0.0.1', port: redis.port } });
    await events.waitUntilReady();
    const person = { userId: 'ada', sessionId: `once-${failures}` };
    const job = await queue.add('run', { failures, analytics: person }, { attempts: 3 });
    await job.waitUntilFinished(events).catch(() => undefined);
    await events.close();
    expect(runsOf(person.sessionId).map(({ properties }) => properties.outcome)).toEqual([outcome]);
  });
});
