import { channel } from 'node:diagnostics_channel';
import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsInboxModule } from '../../src/inbox/index.js';
import type { EventDetail, EventPage } from '../../src/inbox/inbox-api.js';
import { FeedReader } from './feed-reader.js';
import { startInboxApp, type AdapterName, type InboxApp, type InboxAppOptions } from './inbox-app.js';
import { sampleEvent } from './sample-events.js';

describe.each<AdapterName>(['express', 'fastify'])('the inbox on %s', (adapter) => {
  let inbox: InboxApp | undefined;
  const start = async (options: InboxAppOptions = {}): Promise<InboxApp> =>
    (inbox = await startInboxApp({ adapter, ...options }));
  afterEach(async () => {
    await inbox?.close();
    inbox = undefined;
  });

  describe('beside the application', () => {
    it('leaves its routes alone', async () => {
      const { origin } = await start();
      expect(await (await fetch(`${origin}/hello`)).text()).toBe('hello');
      expect((await fetch(`${origin}/__inboxes`)).status).toBe(404);
      expect((await fetch(`${origin}/`)).status).toBe(404);
    });

    it('is not touched by its prefix, guards, interceptors and filters', async () => {
      const prepare = (app: INestApplication): void => {
        app.setGlobalPrefix('api/v1');
        app.useGlobalGuards({ canActivate: () => false });
        app.useGlobalInterceptors({
          intercept: () => {
            throw new Error('intercepted');
          },
        });
      };
      const { url, origin } = await start({ prepare });
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(`${origin}/api/v1/hello`)).status).toBe(403);
    });

    it('stands where it is told to', async () => {
      const { url } = await start({ inbox: { path: '/dev/events' } });
      expect(new URL(url).pathname).toBe('/dev/events/');
      expect((await fetch(url)).status).toBe(200);
      const withoutSlash = await fetch(url.replace('events/?', 'events?'), { redirect: 'manual' });
      expect(withoutSlash.status).toBe(308);
      expect(new URL(withoutSlash.headers.get('location') ?? '', url.replace('/?', '?')).href).toBe(url);
    });

    it('lets the application close while pages are open', async () => {
      const { origin, token, close } = await start();
      const reader = await FeedReader.open(`${origin}/__inbox/api/stream`, { authorization: `Bearer ${token}` });
      await close();
      await reader.ended();
      inbox = undefined;
    });

    it('ends each connection with its answer once the application leaves: pages go on asking', async () => {
      const { app, ask } = await start();
      const connections = async () => [
        (await ask('/api/events')).headers.get('connection'),
        (await ask('/api/events', { headers: {} })).headers.get('connection'),
      ];
      expect(await connections()).toEqual(['keep-alive', 'keep-alive']);
      app.get(AnalyticsInboxModule).beforeApplicationShutdown();
      expect(await connections()).toEqual(['close', 'close']);
    });
  });

  describe('what it tells', () => {
    it('gives pages of events, newest first', async () => {
      const { tap, ask } = await start();
      void tap.write(Array.from({ length: 5 }, (_, place) => sampleEvent({ event: `e${place}` })));
      const first = (await (await ask('/api/events?limit=2')).json()) as EventPage;
      expect(first.rows.map(({ event }) => event)).toEqual(['e4', 'e3']);
      const next = (await (await ask(`/api/events?limit=10&before=${first.rows[1]?.seq}`)).json()) as EventPage;
      expect(next.rows.map(({ event }) => event)).toEqual(['e2', 'e1', 'e0']);
      expect([first.hasMore, next.hasMore]).toEqual([true, false]);
    });

    it('streams them as they come, and goes on after a break', async () => {
      const { tap, origin, token } = await start();
      const open = (after: string): Promise<FeedReader> =>
        FeedReader.open(`${origin}/__inbox/api/stream`, { authorization: `Bearer ${token}`, 'last-event-id': after });
      void tap.write([sampleEvent({ event: 'a' })]);
      const reader = await open('');
      expect((await reader.next()).rows.map(({ event }) => event)).toEqual(['a']);
      void tap.write([sampleEvent({ event: 'b' })]);
      expect((await reader.next()).rows.map(({ event }) => event)).toEqual(['b']);
      reader.close();
      void tap.write([sampleEvent({ event: 'c' })]);
      const again = await open(reader.lastId);
      expect((await again.next()).rows.map(({ event }) => event)).toEqual(['c']);
      again.close();
    });

    it('shows one event exactly as it is sent, with its verdicts', async () => {
      const { tap, ask } = await start();
      const event = sampleEvent({ event: 'plan_upgraded', properties: { plan: 'pro' }, groups: { company: 'acme' } });
      void tap.write([event]);
      const source = 'Billing.upgrade';
      channel('nestjs-agent-analytics:delivered').publish({ uuid: event.uuid, state: 'delivered', source });
      const detail = (await (await ask('/api/events/1')).json()) as EventDetail;
      expect(detail.wire).toEqual({
        event: 'plan_upgraded',
        distinct_id: 'user-1',
        properties: event.properties,
        timestamp: event.timestamp,
        uuid: event.uuid,
      });
      expect(detail.summary).toMatchObject({ state: 'delivered', source });
      expect(detail.verdicts.map(({ title }) => title)).toEqual(
        expect.arrayContaining(['Delivered', 'A known user', 'Groups are kept', source]),
      );
    });

    it('copies an event in three forms, and none of what is not there', async () => {
      const { tap, ask } = await start();
      void tap.write([sampleEvent()]);
      expect(await (await ask('/api/events/1/copy/json')).json()).toMatchObject({ event: 'copilot_message_sent' });
      expect(await (await ask('/api/events/1/copy/curl')).text()).toMatch(/^curl /);
      expect(await (await ask('/api/events/1/copy/test')).text()).toMatch(/^expect\(/);
      for (const path of ['/api/events/1/copy/exe', '/api/events/9', '/api/events/9/copy/json', '/api/events/x']) {
        expect((await ask(path)).status, path).toBe(404);
      }
    });

    it('searches in whole events', async () => {
      const { tap, ask } = await start();
      void tap.write([sampleEvent({ properties: { deep: { note: 'needle' } } }), sampleEvent()]);
      expect(await (await ask('/api/search?text=NEEDLE')).json()).toMatchObject({ found: [1], through: 2 });
    });

    it('has nothing at the names that every object has', async () => {
      const { ask } = await start();
      for (const name of ['constructor', '__proto__', 'toString']) expect((await ask(`/${name}`)).status).toBe(404);
    });

    it('refuses methods that it has no use for', async () => {
      const { ask, token } = await start();
      const headers = { authorization: `Bearer ${token}` };
      expect((await ask('/api/events', { method: 'DELETE', headers })).status).toBe(405);
      expect((await ask('/api/events', { method: 'POST', headers })).status).toBe(404);
    });
  });
});
