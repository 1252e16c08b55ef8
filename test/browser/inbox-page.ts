import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { AnalyticsEvent } from '../../src/event/analytics-event.js';
import type { InboxOptions } from '../../src/inbox/index.js';
import { startInboxApp, type InboxApp } from '../inbox/inbox-app.js';
import { collectComplaints } from './browser.js';

/** An application with an inbox, and a page to open it in. */
export class InboxPage {
  private constructor(
    public inbox: InboxApp,
    readonly context: BrowserContext,
    readonly page: Page,
    /** What the page complained of. */
    readonly complaints: readonly string[],
  ) {}

  static async start(browser: Browser, options: InboxOptions = {}): Promise<InboxPage> {
    const inbox = await startInboxApp({ inbox: options });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(8_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: inbox.origin });
    const page = await context.newPage();
    const complaints = collectComplaints(page);
    // It works offline: nothing comes from anywhere else.
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== inbox.origin) complaints.push(`It asked for ${request.url()}`);
    });
    return new InboxPage(inbox, context, page, complaints);
  }

  write(...events: AnalyticsEvent[]): void {
    void this.inbox.tap.write(events);
  }

  /** Opens the inbox by its boot URL and waits until it is live. */
  async open(tab = this.page): Promise<void> {
    await tab.goto(this.inbox.url);
    await tab.locator('[data-connection=live]').waitFor();
  }

  /** Starts another application in the place of one that was closed. */
  async restart(port: number): Promise<void> {
    this.inbox = await startInboxApp({ port });
  }

  rows(tab = this.page): Locator {
    return tab.locator('.row');
  }

  names(): Promise<string[]> {
    return this.page.locator('.row .cell-event').allInnerTexts();
  }

  /** Waits until so many events match the filters. */
  shows(shown: number, tab = this.page): Promise<void> {
    return tab.locator(`#count[data-shown="${shown}"]`).waitFor();
  }

  async counts(): Promise<[shown: number, total: number]> {
    const count = this.page.locator('#count');
    return [Number(await count.getAttribute('data-shown')), Number(await count.getAttribute('data-total'))];
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.inbox.close();
  }
}
