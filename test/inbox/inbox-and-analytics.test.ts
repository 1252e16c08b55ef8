import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnalyticsService } from '../../src/capture/analytics.service.js';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { AnalyticsInbox, AnalyticsInboxModule } from '../../src/inbox/index.js';
import type { EventDetail, EventPage } from '../../src/inbox/inbox-api.js';
import { AnalyticsModule } from '../../src/module/analytics.module.js';
import type { AnalyticsOptions } from '../../src/module/analytics.options.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

describe('the inbox beside real analytics', () => {
  let posthog: PostHogServer;
  let close: () => Promise<void>;

  beforeEach(async () => {
    posthog = await startPostHogServer();
  });
  afterEach(async () => {
    await close();
    await posthog.close();
  });

  const start = async (options: AnalyticsOptions) => {
    @Injectable()
    class AgentTools {
      @TrackToolCall()
      findAgent(query: string): Promise<string> {
        return Promise.resolve(query);
      }
    }

    @Module({ imports: [AnalyticsInboxModule.forRoot(), AnalyticsModule.forRoot(options)], providers: [AgentTools] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0);
    close = () => app.close();
    const url = new URL(app.get(AnalyticsInbox).url ?? '');
    const headers = { authorization: `Bearer ${url.searchParams.get('token')}` };
    const ask = async <T>(path: string): Promise<T> =>
      (await fetch(`${url.origin}/__inbox/api/${path}`, { headers })).json() as Promise<T>;
    return { analytics: app.get(AnalyticsService), tools: app.get(AgentTools), ask };
  };
  const inSession = <T>(work: () => T): T => AnalyticsContext.run({ userId: 'user-1', sessionId: 's1' }, work);

  it('switches analytics on without a key, and sees the first event', async () => {
    const { analytics, tools, ask } = await start({});
    expect(analytics.enabled).toBe(true);
    await inSession(() => tools.findAgent('invoices'));
    await analytics.flush();
    const { rows } = await ask<EventPage>('events');
    expect(rows).toMatchObject([
      {
        event: 'copilot_tool_called',
        gist: 'find_agent',
        person: 'user-1',
        session: 's1',
        source: 'AgentTools.findAgent',
      },
    ]);
  });

  it('follows an event to PostHog', async () => {
    const { analytics, ask } = await start({ apiKey: 'phc_test', host: posthog.url });
    inSession(() => analytics.trackUserMessage({ messageLength: 5 }));
    await analytics.flush();
    const detail = await ask<EventDetail>('events/1');
    expect(detail.summary.state).toBe('delivered');
    const [stored] = posthog.events;
    expect(detail.wire).toMatchObject({ uuid: stored?.uuid, event: stored?.event, properties: stored?.properties });
  });

  it('tells why an event is held back', async () => {
    posthog.fault(faults.status(401));
    const { analytics, ask } = await start({ apiKey: 'phc_test', host: posthog.url, shutdownTimeoutMs: 0 });
    inSession(() => analytics.trackUserMessage({ messageLength: 5 }));
    await analytics.flush();
    const { verdicts } = await ask<EventDetail>('events/1');
    expect(verdicts[0]).toMatchObject({ topic: 'delivery', title: 'Held back' });
    expect(verdicts[0]?.text).toContain('does not accept the key');
  });

  it('gives a row to an event that beforeSend took out', async () => {
    const { analytics, ask } = await start({ apiKey: 'phc_test', host: posthog.url, beforeSend: () => null });
    inSession(() => analytics.capture('secret', { card: '4111' }));
    await analytics.flush();
    const { rows } = await ask<EventPage>('events');
    expect(rows).toMatchObject([{ event: 'secret', state: 'dropped', reason: 'before_send' }]);
    expect(JSON.stringify(await ask('events/1'))).not.toContain('4111');
  });
});
