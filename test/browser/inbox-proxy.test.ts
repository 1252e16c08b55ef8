import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleConversation } from '../inbox/sample-events.js';
import { faultsInEachAppearance } from './appearances.js';
import { launchBrowser } from './browser.js';
import { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('clearing the inbox', () => {
  let browser: Browser;
  let there: InboxPage;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(() => there.close());

  const clear = () => there.page.getByRole('button', { name: 'Clear', exact: true });

  it('works behind a proxy that asks under a Host of its own', async () => {
    there = await InboxPage.start(browser, { guard: { canActivate: () => true } });
    there.write(...sampleConversation(1));
    const proxy = await startProxy(there.inbox.origin);
    const path = there.inbox.url.slice(there.inbox.origin.length);
    await there.page.goto(`http://localhost:${(proxy.address() as AddressInfo).port}${path}`);
    await there.shows(4);
    await clear().click();
    await there.shows(0);
    await there.page.goto('about:blank');
    proxy.closeAllConnections();
    proxy.close();
  });

  it('says why it did not, until it does', async () => {
    there = await InboxPage.start(browser);
    there.write(...sampleConversation(1));
    await there.open();
    await there.shows(4);
    const alert = there.page.getByRole('alert');
    await there.page.route('**/api/clear', (route) =>
      route.fulfill({ status: 403, contentType: 'text/plain; charset=utf-8', body: 'The inbox answers nobody.\n' }),
    );
    await clear().click();
    await alert.getByText('Not cleared. The inbox answers nobody.').waitFor();
    expect(await faultsInEachAppearance(there.page)).toEqual([]);
    await there.page.getByRole('button', { name: 'Dismiss' }).click();
    await alert.getByText('Not cleared').waitFor({ state: 'detached' });
    expect(await there.page.evaluate(() => document.activeElement?.id)).toBe('clear');

    await there.page.unroute('**/api/clear');
    await there.page.route('**/api/clear', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    );
    await clear().click();
    await alert.getByText('Not cleared. The server answered 502.').waitFor();
    await there.page.unroute('**/api/clear');
    await clear().click();
    await there.shows(0);
    await alert.getByText('Not cleared').waitFor({ state: 'detached' });
  });
});

/** Asks on as nginx does by default: under the name of where it asks. */
async function startProxy(target: string): Promise<Server> {
  const { host } = new URL(target);
  const proxy = createServer((asked, answered) => {
    const headers = { ...asked.headers, host, 'x-forwarded-for': '203.0.113.7' };
    const onward = ask(`${target}${asked.url ?? '/'}`, { method: asked.method, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    onward.on('error', () => answered.destroy());
    answered.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, resolve));
  return proxy;
}
