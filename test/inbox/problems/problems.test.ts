import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Injectable, Scope } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import { defineEvents } from '../../../src/event/catalog.js';
import type { AnalyticsOptions } from '../../../src/module/analytics.options.js';
import { TrackAgentRun } from '../../../src/tracking/track-agent-run.decorator.js';
import { Track } from '../../../src/tracking/track.decorator.js';
import { TrackToolCall } from '../../../src/tracking/track-tool-call.decorator.js';
import { faults, startPostHogServer, type PostHogServer } from '../../support/posthog-server.js';
import { startAnalyticsApp, type AnalyticsApp } from './analytics-app.js';

const names = (items: readonly { name: string }[] | undefined): string[] => (items ?? []).map(({ name }) => name);
const inSession = <T>(work: () => T): T => AnalyticsContext.run({ userId: 'user-1', sessionId: 's1' }, work);

describe('why an event is not there', () => {
  let app: AnalyticsApp;
  afterEach(() => app.close());

  @Injectable()
  class Tools {
    private end: (() => void) | undefined;
    @TrackToolCall()
    find(): string {
      return 'found';
    }
    @TrackToolCall({ when: ({ args }) => args[0] !== 'quiet' })
    @TrackAgentRun()
    run(how: string): string {
      return how;
    }
    @TrackToolCall()
    wait(): Promise<void> {
      return new Promise((resolve) => (this.end = resolve));
    }
    stop(): void {
      this.end?.();
    }
  }
  const start = async (options: AnalyticsOptions = {}): Promise<Tools> => {
    app = await startAnalyticsApp(options, [Tools]);
    return app.get(Tools);
  };

  describe('because of a method', () => {
    it('names those that never fired with their decorators, until they do or run', async () => {
      const tools = await start();
      expect(await app.problem('silent')).toMatchObject({
        level: 'note',
        count: 3,
        firstAt: (await app.report()).since,
        items: [
          { name: 'Tools.find', detail: '@TrackToolCall' },
          { name: 'Tools.run', detail: '@TrackAgentRun @TrackToolCall' },
          { name: 'Tools.wait', detail: '@TrackToolCall' },
        ],
      });
      inSession(() => tools.find());
      const waiting = inSession(() => tools.wait());
      expect(names((await app.problem('silent'))?.items)).toEqual(['Tools.run']);
      tools.stop();
      await waiting;
      inSession(() => tools.run('loud'));
      expect(await app.problem('silent')).toBeUndefined();
    });

    it('finds them in request scope, in controllers, and in what a factory or the application made', async () => {
      @Injectable({ scope: Scope.REQUEST })
      class PerRequest {
        @TrackToolCall()
        find(): void {}
      }
      @Controller()
      class Chat {
        @Get('chat')
        @Track('chat_opened')
        open(): string {
          return 'open';
        }
      }
      class Made {
        @TrackToolCall()
        make(): void {}
      }
      class Given {
        @TrackToolCall()
        give(): void {}
      }
      const custom = [
        { provide: 'made', useFactory: () => new Made() },
        { provide: 'given', useValue: new Given() },
      ];
      app = await startAnalyticsApp({}, [PerRequest, ...(custom as never[])], [Chat]);
      const silent = names((await app.problem('silent'))?.items).sort();
      expect(silent).toEqual(['Chat.open', 'Given.give', 'Made.make', 'PerRequest.find']);
      await fetch(`${new URL(app.url).origin}/chat`);
      expect(names((await app.problem('silent'))?.items)).not.toContain('Chat.open');
    });

    it('counts the calls of objects that no application has', async () => {
      await start();
      new Tools().find();
      new Tools().find();
      const unbound = await app.problem('untracked:unbound');
      expect(unbound).toMatchObject({ level: 'warn', count: 2, items: [{ name: 'Tools.find', count: 2 }] });
      expect((await app.report()).likely).toMatch(/^Tools\.find ran untracked/);
    });

    it('counts those outside any context for each method, under the code of the warning', async () => {
      const tools = await start();
      tools.find();
      tools.find();
      tools.run('loud');
      const { problems } = await app.report();
      const [outside, ...more] = problems.filter(({ code }) => code === 'NAA101');
      expect(more).toEqual([]);
      expect(outside).toMatchObject({
        count: 3,
        items: [
          { name: 'Tools.find', count: 2 },
          { name: 'Tools.run', count: 1 },
        ],
      });
      expect(outside?.advice).toContain('AnalyticsContext.run');
    });
  });

  describe('because of a setting or a callback', () => {
    it('counts what when(), missing consent and sampling leave out, by method', async () => {
      const tools = await start({ sampleRate: 0 });
      inSession(() => tools.run('quiet'));
      inSession(() => tools.run('quiet'));
      AnalyticsContext.run({ userId: 'user-1', track: false }, () => tools.find());
      inSession(() => tools.find());
      expect(await app.problem('refused:when')).toMatchObject({ count: 2, items: [{ name: 'Tools.run', count: 2 }] });
      expect(await app.problem('refused:no_consent')).toMatchObject({
        count: 1,
        items: [{ name: 'Tools.find', detail: 'copilot_tool_called', count: 1 }],
      });
      const sampled = await app.problem('refused:sampled');
      expect(sampled?.text).toContain('sampleRate is 0');
      expect(sampled?.count).toBeGreaterThan(0);
      // What was left out has fired all the same.
      expect(names((await app.problem('silent'))?.items)).toEqual(['Tools.wait']);
      expect((await app.report()).likely).toMatch(/calls? left nothing: sampled out\./);
    });

    it('counts what beforeSend takes out, and leads to it in the feed', async () => {
      await start({ beforeSend: () => null });
      inSession(() => app.analytics.capture('secret'));
      expect(await app.problem('dropped:before_send')).toMatchObject({
        count: 1,
        items: [{ name: 'secret', count: 1 }],
        filter: 'state=dropped',
      });
    });

    it('tells violations of the catalog, each with how often', async () => {
      const catalog = defineEvents({ plan_upgraded: z.object({ plan: z.string() }) });
      await start({ catalog });
      const capture = (plan: unknown): void => inSession(() => app.analytics.capture('plan_upgraded', { plan }));
      capture(1);
      capture(2);
      capture('pro');
      inSession(() => app.analytics.capture('plan_upgarded'));
      const violations = await app.problem('said:NAA207');
      expect(violations).toMatchObject({ level: 'warn', title: 'Not as the catalog declares it', count: 3 });
      expect(names(violations?.items)[1]).toContain('plan_upgarded');
    });

    it('says that there is no key, and that analytics is off', async () => {
      await start();
      const { delivery, likely } = await app.report();
      expect([delivery?.title, delivery?.host, likely]).toEqual([
        'Shown here only',
        null,
        'None of the 3 decorated methods has been called yet.',
      ]);
      expect(await app.problem('no_key')).toMatchObject({ level: 'note' });
      await app.close();

      const tools = await start({ enabled: false });
      tools.find();
      const off = await app.report();
      expect(off.problems[0]).toMatchObject({ id: 'off', level: 'bad' });
      expect(off.problems[1]).toMatchObject({ id: 'untracked:off', count: 1 });
      expect([off.delivery, off.likely]).toEqual([null, expect.stringContaining('switched off')]);
    });

    it('says nothing is likely once an event has come', async () => {
      const tools = await start();
      inSession(() => tools.find());
      expect((await app.report()).likely).toBeNull();
    });
  });

  describe('because of delivery', () => {
    let posthog: PostHogServer;
    beforeEach(async () => {
      posthog = await startPostHogServer();
    });
    afterEach(() => posthog.close());

    it('is well where it is', async () => {
      await start({ apiKey: 'phc_test', host: posthog.url });
      inSession(() => app.analytics.trackUserMessage({ messageLength: 5 }));
      const { delivery, problems } = await app.report();
      expect(delivery).toMatchObject({ level: 'good', host: posthog.url, accepted: 1, delivered: 1, pending: 0 });
      expect(problems.filter(({ level }) => level !== 'note')).toEqual([]);
    });

    it.each([
      [401, 'bad', 'PostHog refuses the key', 'said:NAA303'],
      [404, 'bad', 'What answers is not PostHog', 'said:NAA304'],
      [503, 'warn', "PostHog can't be reached", 'said:NAA301'],
    ])('tells of an answer of %i until it is over', async (status, level, title, id) => {
      posthog.fault(faults.status(status));
      await start({ apiKey: 'phc_test', host: posthog.url });
      inSession(() => app.analytics.trackUserMessage({ messageLength: 5 }));
      const { delivery } = await app.report();
      expect(delivery).toMatchObject({ level, title, pending: 1, delivered: 0 });
      expect(delivery?.lastError).toContain(String(status));
      expect(await app.problem(id)).toMatchObject({ level, title, code: id.slice(5), lastAt: null });
      expect((await app.report()).problems[0]?.id).toBe(id);
    });

    it('names the spool where events wait in one', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'inbox-problems-'));
      onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
      await start({ apiKey: 'phc_test', host: posthog.url, spool: { dir } });
      inSession(() => app.analytics.trackUserMessage({ messageLength: 5 }));
      expect((await app.report()).delivery).toMatchObject({ store: 'spool', delivered: 1 });
    });
  });

  it('is told to nobody without the token', async () => {
    await start();
    const { origin } = new URL(app.url);
    expect((await fetch(`${origin}/__inbox/api/problems`)).status).toBe(403);
  });
});
