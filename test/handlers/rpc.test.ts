import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { AnalyticsModule, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/free-port.js';

interface Job {
  userId: string;
  conversationId: string;
}

@Controller()
class ToolController {
  @MessagePattern('find')
  @TrackToolCall()
  async find(@Payload() job: Job): Promise<object> {
    await Promise.resolve();
    return { found: job.conversationId };
  }

  @MessagePattern('find-plain')
  async findPlain(@Payload() job: Job): Promise<object> {
    return { found: job.conversationId };
  }

  @MessagePattern('fail')
  @TrackToolCall()
  async fail(@Payload() _job: Job): Promise<never> {
    throw new RpcException('no');
  }

  @MessagePattern('fail-plain')
  async failPlain(): Promise<never> {
    throw new RpcException('no');
  }

  @EventPattern('noted')
  @TrackToolCall()
  noted(@Payload() _job: Job): void {}
}

describe('RPC over TCP', () => {
  let app: INestMicroservice;
  let analytics: AnalyticsRecorder;
  let client: ClientProxy;
  beforeEach(async () => {
    const identity = ({ data }: { data?: unknown }) => {
      const { userId, conversationId } = data as Job;
      return { userId, sessionId: conversationId };
    };
    @Module({ imports: [AnalyticsModule.forRoot({ identity })], controllers: [ToolController] })
    class ToolModule {}
    const builder = Test.createTestingModule({ imports: [ToolModule] });
    analytics = recordAnalytics(builder);
    const options = { host: '127.0.0.1', port: await freePort() };
    app = (await builder.compile()).createNestMicroservice({ transport: Transport.TCP, options, logger: false });
    await app.listen();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    await client.connect();
  });
  afterEach(async () => {
    await client.close();
    await app.close();
  });

  const send = (pattern: string, job: Job) => firstValueFrom(client.send<unknown, Job>(pattern, job));
  const ada = { userId: 'ada', conversationId: 'c1' };
  const bob = { userId: 'bob', conversationId: 'c2' };
  const told = () =>
    analytics.events().map(({ event, distinctId, properties }) => [event, distinctId, properties.session_id]);

  it('tells each request once, with its person and conversation, and answers as undecorated', async () => {
    const answers = await Promise.all([ada, bob].map((job) => send('find', job)));
    expect(answers).toEqual(await Promise.all([ada, bob].map((job) => send('find-plain', job))));
    expect(told()).toEqual([
      ['copilot_tool_called', 'ada', 'c1'],
      ['copilot_tool_called', 'bob', 'c2'],
    ]);
    expect(analytics.last()?.properties).toMatchObject({ tool_name: 'find', outcome: 'success' });
  });

  it('tells a request that fails once, and answers with the same error', async () => {
    const errors = await Promise.all(
      ['fail', 'fail-plain'].map((pattern) => send(pattern, ada).catch((e: unknown) => e)),
    );
    expect(errors[0]).toEqual(errors[1]);
    expect(told()).toEqual([['copilot_tool_called', 'ada', 'c1']]);
    expect(analytics.last()?.properties).toMatchObject({ outcome: 'error', error_type: 'RpcException' });
  });

  it('tells an event once', async () => {
    client.emit('noted', bob);
    await vi.waitFor(() => expect(told()).not.toEqual([]), { interval: 2 });
    await app.close();
    expect(told()).toEqual([['copilot_tool_called', 'bob', 'c2']]);
  });
});
