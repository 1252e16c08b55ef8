import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { InboxOptions } from '../../src/inbox/index.js';
import { launchBrowser } from './browser.js';
import { InboxPage } from './inbox-page.js';

/** Gives each test around it an application with an inbox and a page of its own, all in one browser. */
export function eachInboxPage(started: (there: InboxPage) => void | Promise<void>, options?: InboxOptions): void {
  let browser: Browser;
  let there: InboxPage;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    there = await InboxPage.start(browser, options);
    await started(there);
  });
  afterEach(() => there.close());
}
