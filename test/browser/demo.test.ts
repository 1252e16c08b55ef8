import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../support/demo-copy.js';
import { collectComplaints, launchBrowser } from './browser.js';

let browser: Browser;
let demo: Awaited<ReturnType<typeof startDemo>>;
beforeAll(async () => {
  [browser, demo] = await Promise.all([launchBrowser(), startDemo()]);
}, 30_000);
afterAll(async () => {
  await browser.close();
  await demo.stop();
});

const inbox = (page: Page) => page.frameLocator('iframe');
const ask = async (page: Page, message: string): Promise<void> => {
  await page.locator('#message').fill(message);
  await page.keyboard.press('Enter');
  await page.locator('#stop').waitFor({ state: 'visible' });
  await page.locator('#send').waitFor({ state: 'visible' });
};

describe('the demo in a browser', { timeout: 30_000 }, () => {
  it('shows a chat’s events beside it within a second of the answer', async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints = collectComplaints(page);
    await page.goto(demo.url);
    await inbox(page).locator('[data-connection=live]').waitFor();
    await ask(page, 'Run the newsletter writer');

    const answered = Date.now();
    const names = [
      'copilot_response_completed',
      'copilot_tool_called',
      'copilot_agent_run_started',
      'copilot_message_sent',
    ];
    for (const name of names) await inbox(page).locator('.row', { hasText: name }).first().waitFor();
    expect(Date.now() - answered).toBeLessThan(1_000);

    await inbox(page).locator('.row', { hasText: 'copilot_agent_run_started' }).first().click();
    await inbox(page).getByText('queued').first().waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows one of the two on a narrow page, by a button', async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    await page.goto(demo.url);
    await page.locator('#show-events').waitFor();
    expect(await page.locator('.chat').isVisible()).toBe(true);
    expect(await page.locator('#events').isVisible()).toBe(false);
    await page.locator('#show-events').click();
    expect(await page.locator('.chat').isVisible()).toBe(false);
    await inbox(page).locator('[data-connection=live]').waitFor();
    await page.close();
  });
});
