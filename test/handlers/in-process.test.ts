import { Injectable, Module, type INestApplication } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { AnalyticsContext, AnalyticsModule, TrackAgentRun, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

@Injectable()
class Digests {
  /** Far away: the test fires it. */
  @Cron('0 0 0 1 1 *', { name: 'digest' })
  tick(): Promise<string> {
    const values = { userId: 'ada', sessionId: 'digest-1', trigger: 'schedule', triggerRef: 'digest' } as const;
    return AnalyticsContext.run(values, () => this.write());
  }

  @TrackAgentRun()
  async write(): Promise<string> {
    await Promise.resolve();
    return 'written';
  }

  @Cron('0 0 0 1 1 *', { name: 'bare' })
  @TrackToolCall({ userId: () => 'ada' })
  async bare(): Promise<string> {
    await Promise.resolve();
    return 'swept';
  }
}

@Injectable()
class Listener {
  @OnEvent('order.created')
  @TrackToolCall()
  async onOrder(order: { id: string }): Promise<string> {
    await Promise.resolve();
    return `heard ${order.id}`;
  }
}

class FindAgent {
  constructor(readonly name: string) {}
}

class AgentFound {
  constructor(readonly name: string) {}
}

@CommandHandler(FindAgent)
class FindAgentHandler {
  @TrackToolCall('find_agent')
  async execute(command: FindAgent): Promise<string> {
    await Promise.resolve();
    if (command.name === '') throw new RangeError('no name');
    return `found ${command.name}`;
  }
}

@EventsHandler(AgentFound)
class AgentFoundHandler {
  @TrackToolCall()
  handle(event: AgentFound): string {
    return event.name;
  }
}

describe('handlers that no request reaches', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  beforeEach(async () => {
    @Module({
      imports: [
        AnalyticsModule.forRoot(),
        ScheduleModule.forRoot(),
        EventEmitterModule.forRoot(),
        CqrsModule.forRoot(),
      ],
      providers: [Digests, Listener, FindAgentHandler, AgentFoundHandler],
    })
    class AppModule {}
    const builder = Test.createTestingModule({ imports: [AppModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.init();
  });
  afterEach(() => app.close());

  const told = () =>
    analytics.events().map(({ event, distinctId, properties }) => [event, distinctId, properties.session_id]);
  const fire = async (name: string) => app.get(SchedulerRegistry).getCronJob(name).fireOnTick();
  const within = <T>(user: string, work: () => T) =>
    AnalyticsContext.run({ userId: user, sessionId: `chat of ${user}` }, work);
  const people = ['ada', 'bob'];
  const toolOfEach = people.map((user) => ['copilot_tool_called', user, `chat of ${user}`]);

  it('a cron job that opens a context has its person, conversation and trigger', async () => {
    await fire('digest');
    expect(told()).toEqual([['copilot_agent_run_success', 'ada', 'digest-1']]);
    expect(analytics.last()?.properties).toMatchObject({ trigger: 'schedule', outcome: 'success' });
  });

  it('a decorated cron job is one call, of the person that it names', async () => {
    await fire('bare');
    expect(told()).toEqual([['copilot_tool_called', 'ada', null]]);
  });

  it('listeners of an event emitter are on the person that emitted, and answer', async () => {
    const emitter = app.get(EventEmitter2);
    const answers = people.map((user) => within(user, () => emitter.emitAsync('order.created', { id: user })));
    await Promise.all(answers);
    expect(told()).toEqual(toolOfEach);
  });

  it('command handlers are on the person that executed, and answer', async () => {
    const bus = app.get(CommandBus);
    const answers = people.map((user) => within(user, () => bus.execute<FindAgent, string>(new FindAgent(user))));
    expect(await Promise.all(answers)).toEqual(['found ada', 'found bob']);
    expect(told()).toEqual(toolOfEach);
    expect(analytics.last()?.properties).toMatchObject({ tool_name: 'find_agent', outcome: 'success' });
  });

  it('a command handler that throws still throws, and is told once', async () => {
    const failed = within('ada', () => app.get(CommandBus).execute<FindAgent, string>(new FindAgent('')));
    await expect(failed).rejects.toThrow('no name');
    expect(told()).toEqual([toolOfEach[0]]);
    expect(analytics.last()?.properties).toMatchObject({ outcome: 'error', error_type: 'RangeError' });
  });

  it('event handlers of CQRS are on the person that published', () => {
    const bus = app.get(EventBus);
    for (const user of people) within(user, () => void bus.publish(new AgentFound(user)));
    expect(told()).toEqual(toolOfEach);
  });
});
