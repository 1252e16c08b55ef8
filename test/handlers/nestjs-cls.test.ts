import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Inject, Module, Param, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AnalyticsContext, AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { ClsModule, ClsService, ClsServiceManager } from 'nestjs-cls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

@Controller()
class ChatController {
  constructor(@Inject(ClsService) private readonly cls: ClsService) {}

  @Get('ask/:turns')
  @TrackMessage({ message: () => 'hello' })
  async ask(@Param('turns') turns: string): Promise<string> {
    // Requests overlap: the first waits longest.
    for (let turn = Number(turns); turn > 0; turn--) await new Promise(setImmediate);
    await this.find();
    return `${this.cls.get<string>('user')} ${AnalyticsContext.get().userId}`;
  }

  @TrackToolCall()
  async find(): Promise<void> {
    await Promise.resolve();
    this.cls.set('found', true);
  }
}

describe('nestjs-cls', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let url: string;
  beforeEach(async () => {
    const cls = ClsModule.forRoot({
      global: true,
      middleware: {
        mount: true,
        setup: (store, request: { headers: Record<string, string> }) => {
          store.set('user', request.headers['authorization']);
          store.set('chat', request.headers['x-chat']);
        },
      },
    });
    const identity = () => {
      const store = ClsServiceManager.getClsService();
      return store.isActive() ? { userId: store.get<string>('user'), sessionId: store.get<string>('chat') } : undefined;
    };
    @Module({ imports: [cls, AnalyticsModule.forRoot({ identity })], controllers: [ChatController] })
    class ChatModule {}
    const builder = Test.createTestingModule({ imports: [ChatModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  });
  afterEach(() => app.close());

  it('is the source of identity, and neither store disturbs the other over interleaved requests', async () => {
    const people = ['ada', 'bob', 'cyd'];
    const answers = people.map(async (user, of) => {
      const headers = { authorization: user, 'x-chat': `chat of ${user}` };
      return (await fetch(`${url}/ask/${10 - 4 * of}`, { headers })).text();
    });
    expect(await Promise.all(answers)).toEqual(people.map((user) => `${user} ${user}`));
    await app.close();
    for (const user of people) {
      const events = analytics.events().filter(({ distinctId }) => distinctId === user);
      expect(events.map(({ event, properties }) => [event, properties.session_id])).toEqual(
        ['copilot_message_sent', 'copilot_tool_called', 'copilot_response_completed'].map((name) => [
          name,
          `chat of ${user}`,
        ]),
      );
    }
    expect(analytics.events()).toHaveLength(9);
  });
});
