import { createServer } from 'node:net';
import { Controller, Get, Inject, Injectable, Module, Param } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Test } from '@nestjs/testing';
import { AnalyticsModule, AnalyticsService, defineEvents, POSTHOG_CLIENT, TrackToolCall } from 'nestjs-agent-analytics';
import { AnalyticsRecorder, AnalyticsTestingModule, recordAnalytics } from 'nestjs-agent-analytics/testing';
import type { PostHog } from 'posthog-node';
import { describe, expect, it } from 'vitest';

@Injectable()
class AgentTools {
  @TrackToolCall()
  findAgent(query: string): { id: string } {
    return { id: query };
  }
}

@Controller()
class ChatController {
  constructor(
    @Inject(AgentTools) private readonly tools: AgentTools,
    @Inject(AnalyticsService) private readonly analytics: AnalyticsService,
  ) {}

  @Get('chat/:sessionId/find')
  find(@Param('sessionId') _sessionId: string): { id: string } {
    this.analytics.capture('searched', { from: 'chat' });
    return this.tools.findAgent('invoices');
  }
}

describe('recordAnalytics', () => {
  it('records an unchanged application, synchronously, and nothing leaves the process', async () => {
    let connections = 0;
    const network = createServer(() => connections++);
    await new Promise<void>((listening) => network.listen(0, '127.0.0.1', listening));
    const { port } = network.address() as { port: number };
    const variables = () => ({ POSTHOG_API_KEY: 'phc_real', POSTHOG_HOST: `http://127.0.0.1:${port}` });
    @Module({
      imports: [ConfigModule.forRoot({ load: [variables] }), AnalyticsModule.forRoot()],
      controllers: [ChatController],
      providers: [AgentTools],
    })
    class AppModule {}

    const builder = Test.createTestingModule({ imports: [AppModule] });
    const analytics = recordAnalytics(builder);
    const module = await builder.compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const posthog = await module.resolve<PostHog>(POSTHOG_CLIENT);

    await fetch(`${await app.getUrl()}/chat/s1/find`);
    posthog.capture({ distinctId: 'ada', event: 'by_client' });
    await posthog.evaluateFlags('ada');

    expect(analytics.events().map(({ event }) => event)).toEqual(['searched', 'copilot_tool_called', 'by_client']);
    expect(analytics.last('copilot_tool_called')).toMatchObject({
      distinctId: 'anonymous_s1',
      properties: { tool_name: 'find_agent', session_id: 's1', outcome: 'success', trigger: 'chat' },
    });
    analytics.clear();
    expect(analytics.events()).toEqual([]);
    expect(analytics.last()).toBeUndefined();
    await app.close();
    network.close();
    expect(connections).toBe(0);
  });

  it('still tells what was recorded when the application is closed', async () => {
    const builder = Test.createTestingModule({ imports: [AnalyticsModule.forRoot()], providers: [AgentTools] });
    const analytics = recordAnalytics(builder);
    const module = await builder.compile();
    await module.init();
    module.get(AgentTools).findAgent('x');
    await module.close();
    expect(analytics.events('copilot_tool_called')).toHaveLength(1);
  });
});

describe('AnalyticsTestingModule', () => {
  it('records a provider under test, without a key and without init()', async () => {
    const module = await Test.createTestingModule({
      imports: [AnalyticsTestingModule.forRoot()],
      providers: [AgentTools],
    }).compile();
    module.get(AgentTools).findAgent('invoices');
    expect(module.get(AnalyticsRecorder).events('copilot_tool_called')).toMatchObject([
      { properties: { tool_name: 'find_agent' } },
    ]);
    await module.close();
  });

  it('throws violations of the catalog at the assertion where it is strict, never at the application', async () => {
    const isText = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: (value: unknown) =>
          typeof (value as { plan?: unknown }).plan === 'string'
            ? { value }
            : { issues: [{ message: 'plan is no text' }] },
      },
    };
    const catalog = defineEvents({ plan_upgraded: isText });
    const module = await Test.createTestingModule({
      imports: [AnalyticsTestingModule.forRoot({ catalog, strict: true })],
    })
      .setLogger(false as never)
      .compile();
    const analytics = module.get(AnalyticsRecorder);
    module.get(AnalyticsService).capture('plan_upgraded', { plan: 'pro' });
    expect(analytics.events()).toHaveLength(1);
    module.get(AnalyticsService).capture('plan_upgraded', { plan: 7 });
    expect(() => analytics.events()).toThrow(/NAA207 .*plan is no text/);
    await module.close();
  });
});

it('a unit test that mocks everything else still gets a provider whose methods run', async () => {
  const module = await Test.createTestingModule({ providers: [AgentTools] })
    .useMocker(() => new Proxy({}, { get: (_, key) => (key === 'then' ? undefined : () => undefined) }))
    .compile();
  expect(module.get(AgentTools).findAgent('x')).toEqual({ id: 'x' });
});
