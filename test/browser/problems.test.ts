import { Injectable } from '@nestjs/common';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import type { AnalyticsOptions } from '../../src/module/analytics.options.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { startAnalyticsApp, type AnalyticsApp } from '../inbox/problems/analytics-app.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { faultsInEachAppearance } from './appearances.js';
import { collectComplaints, launchBrowser } from './browser.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

@Injectable()
class Tools {
  @TrackToolCall()
  find(): string {
    return 'found';
  }
  @TrackToolCall({ when: () => false })
  peek(): string {
    return 'seen';
  }
}

describe('the problems', () => {
  let browser: Browser;
  let posthog: PostHogServer;
  let context: BrowserContext;
  let page: Page;
  let complaints: readonly string[];
  let app: AnalyticsApp;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    posthog = await startPostHogServer();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(8_000);
    page = await context.newPage();
    complaints = collectComplaints(page);
  });
  afterEach(async () => {
    await context.close();
    await app.close();
    await posthog.close();
  });

  const open = async (options: AnalyticsOptions = {}): Promise<Tools> => {
    app = await startAnalyticsApp(options, [Tools]);
    await page.goto(app.url);
    await page.locator('[data-connection=live]').waitFor();
    return app.get(Tools);
  };
  const inSession = <T>(work: () => T): T => AnalyticsContext.run({ userId: 'user-1', sessionId: 's1' }, work);
  const problem = (id: string) => page.locator(`.problem[data-id="${id}"]`);

  it('are where an empty feed leads, which says what is most likely', async () => {
    const tools = await open();
    const likely = page.locator('#likely');
    await likely.getByText('Nothing yet: None of the 2 decorated methods has been called yet.').waitFor();
    inSession(() => tools.peek());
    await likely.getByText('1 call left nothing: left out by when().').waitFor();

    await page.getByRole('button', { name: 'Why is nothing here?' }).click();
    expect(await problem('refused:when').locator('.problem-items').innerText()).toContain('Tools.peek');
    expect(await problem('silent').innerText()).toMatch(/Tools\.find\s+@TrackToolCall/);
    expect(page.url()).toContain('view=problems');
    inSession(() => tools.find());
    await problem('silent').waitFor({ state: 'detached' });
    await page.locator('.likely').waitFor({ state: 'detached' });
    await page.reload();
    await problem('refused:when').waitFor();
    expect(complaints).toEqual([]);
  });

  it('are counted in the header, follow delivery, and say what to do', async () => {
    posthog.fault(faults.status(401));
    const tools = await open({ apiKey: 'phc_test', host: posthog.url });
    inSession(() => tools.find());
    new Tools().find();
    await app.analytics.flush();
    await page.locator('.views [data-view=problems]').click();
    await page.locator('.health[data-level=bad]', { hasText: 'PostHog refuses the key' }).waitFor();
    expect(await page.locator('.health-figure[data-figure=pending] dd').innerText()).toBe('1');
    expect(await problem('said:NAA303').innerText()).toMatch(/check POSTHOG_API_KEY[^]*NAA303 in docs\/errors\.md/i);
    expect(await problem('untracked:unbound').innerText()).toContain('Make the class a provider');
    expect(await page.locator('#problem-count').innerText()).toMatch(/^2/);
    expect(complaints).toEqual([]);
  });

  it('lead to what was dropped, and run nothing of hostile names', async () => {
    await open({ beforeSend: () => null });
    const evil = '<img src=x onerror="window.pwned = 1">\u202e\u0000';
    for (let number = 0; number < 20; number++) inSession(() => app.analytics.capture(evil + number));
    await app.analytics.flush();
    await page.locator('.views [data-view=problems]').click();
    const dropped = problem('dropped:before_send');
    await dropped.getByRole('button', { name: 'Show 14 more' }).click();
    expect(await dropped.locator('.problem-name').count()).toBe(20);
    expect(await dropped.locator('.problem-name').first().innerText()).toContain('U+202E');
    await dropped.getByRole('link', { name: 'Show them' }).click();
    await page.locator('#count[data-shown="20"]').waitFor();
    expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('are worked by keys, and have no violation that axe-core knows, light, dark and narrow', async () => {
    posthog.fault(faults.status(401));
    const tools = await open({ apiKey: 'phc_test', host: posthog.url });
    tools.find();
    inSession(() => tools.peek());
    await app.analytics.flush();
    await page.locator('.views [data-view=events]').focus();
    for (const _view of await page.locator('.views [data-view]').all()) {
      if ((await page.locator('[data-view=problems]:focus').count()) > 0) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await problem('said:NAA303').waitFor();
    expect(await faultsInEachAppearance(page)).toEqual([]);
    // What scrolls is reached by the keys.
    await page.locator('main.problems').focus();
    await page.keyboard.press('End');
    expect(await page.waitForFunction(() => (document.querySelector('.problems')?.scrollTop ?? 0) > 0)).toBeTruthy();
  });
});
