import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PostHog as PostHogJs } from 'posthog-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCaptureBody } from '../../src/inbox/standalone/capture-body.js';
import { startStandaloneInbox, type StandaloneInbox } from '../../src/inbox/standalone/standalone-inbox.js';
import { InboxClient } from '../inbox/standalone/inbox-client.js';
import { Upstream } from '../inbox/standalone/upstream.js';
import { collectComplaints, launchBrowser } from './browser.js';
import { PostHogJsPage } from './posthog-js-page.js';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 20_000 });

describe('posthog-js in a browser and the stand-alone inbox', () => {
  let browser: Browser;
  let shop: PostHogJsPage;
  let upstream: Upstream;
  let inbox: StandaloneInbox;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchBrowser();
    shop = await PostHogJsPage.start();
  });
  afterAll(async () => {
    shop.close();
    await browser.close();
  });
  beforeEach(async () => {
    upstream = await Upstream.start();
    context = await browser.newContext();
    context.setDefaultTimeout(8_000);
    page = await context.newPage();
    complaints = collectComplaints(page);
  });
  afterEach(async () => {
    await context.close();
    await inbox.close();
    await upstream.close();
  });

  /** Opens the shop and points its posthog-js at the inbox. */
  const openShop = async (options: object = {}): Promise<void> => {
    await page.goto(shop.url);
    await page.waitForFunction(() => 'posthog' in globalThis);
    await page.evaluate(
      ([host, given]) => {
        const { posthog } = globalThis as unknown as { posthog: PostHogJs };
        posthog.init('phc_test', { api_host: host, request_batching: false, opt_out_useragent_filter: true, ...given });
      },
      [inbox.host, options] as const,
    );
  };
  const capture = (...args: Parameters<PostHogJs['capture']>): Promise<void> =>
    page.evaluate((given) => void (globalThis as unknown as { posthog: PostHogJs }).posthog.capture(...given), args);

  it.each([
    ['zipped', {}],
    ['plain', { disable_compression: true }],
    ['in batches', { request_batching: true }],
  ])('shows what it captures, %s, in the inbox page', async (_name, options) => {
    inbox = await startStandaloneInbox({ port: 0 });
    const viewer = await context.newPage();
    await viewer.goto(inbox.url);
    await viewer.locator('[data-connection=live]').waitFor();
    await openShop(options);
    await capture('cart_filled', { items: 3, note: 'ü>~? +/=' });
    const row = viewer.locator('.row', { hasText: 'cart_filled' });
    await row.waitFor();
    await row.click();
    await viewer.getByRole('tab', { name: 'Raw' }).click();
    const wire = JSON.parse(await viewer.locator('.raw').innerText()) as { properties: object };
    expect(wire.properties).toMatchObject({ $lib: 'web', items: 3, note: 'ü>~? +/=' });
    await viewer.getByRole('tab', { name: 'What PostHog will do' }).click();
    await viewer.locator('.verdict[data-topic=replay]', { hasText: 'Linked to its replay' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('forwards each event once, that of a page that is left too', async () => {
    inbox = await startStandaloneInbox({ port: 0, forward: upstream.url });
    upstream.answer = JSON.stringify({ supportedCompression: ['gzip-js'], siteApps: [], flags: {} });
    await openShop({ disable_compression: true, disable_external_dependency_loading: true });
    await capture('cart_filled');
    await page.evaluate(() => (globalThis as unknown as { posthog: PostHogJs }).posthog.identify('user-1'));
    const client = new InboxClient(inbox);
    await client.until((all) => all.length === 3);
    await capture('bought', {}, { transport: 'sendBeacon' });
    await page.goto('about:blank');
    const expected = ['$identify', '$pageleave', '$pageview', 'bought', 'cart_filled'];
    const rows = await client.until(
      (all) => all.length >= expected.length && all.every(({ state }) => state === 'delivered'),
    );
    expect(rows.map(({ event }) => event).sort()).toEqual(expected);
    const uuids = await Promise.all(rows.map(async ({ seq }) => uuidOf((await client.detail(seq)).wire)));
    const forwarded = upstream.captures.map(({ body }) => body);
    // A beacon comes as a form, which needs no leave of the server.
    expect(forwarded.some((body) => body.toString('latin1').startsWith('data='))).toBe(true);
    const sent = (await Promise.all(forwarded.map(uuidsOf))).flat();
    expect(sent.sort()).toEqual(uuids.sort());
    expect(complaints).toEqual([]);
  });
});

function uuidOf(wire: unknown): string {
  return (wire as { uuid: string }).uuid;
}

/** Of a request as posthog-js sent it. */
async function uuidsOf(body: Buffer): Promise<string[]> {
  const form = { contentType: '', contentEncoding: '', authorization: undefined, isV1: false };
  return (await readCaptureBody(body, form)).events.map(uuidOf);
}
