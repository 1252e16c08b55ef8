import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { sampleConversation, sampleEvent } from '../inbox/sample-events.js';
import { faultsInEachAppearance } from './appearances.js';
import { violations } from './axe.js';
import { eachInboxPage } from './each-inbox-page.js';
import { bounds, tellFigures } from './figures.js';
import { measureFilter, measureScroll, noteFirstRow } from './in-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('the inbox for its readers', () => {
  let there: InboxPage;
  eachInboxPage((started) => void (there = started));

  it('is quick with 10,000 events', async ({ task }) => {
    for (let number = 0; number < 2_500; number++) there.write(...sampleConversation(number));
    await there.page.addInitScript(noteFirstRow);
    await there.open();
    const firstPaint = await there.page.evaluate(
      () => (globalThis as unknown as { firstRowAt: Promise<number> }).firstRowAt,
    );
    await there.shows(10_000);

    const byField = await there.page.evaluate(measureFilter, { value: 'error' });
    const byText = await there.page.evaluate(measureFilter, { text: 'run_agent' });
    await there.page.evaluate(measureFilter, { text: '' });
    const frames = await there.page.evaluate(measureScroll);
    const worstFrame = Math.max(...frames);
    const figures = { firstPaintMs: firstPaint, filterMs: byField, searchMs: byText, worstFrameMs: worstFrame };
    tellFigures(task, figures);
    expect(firstPaint).toBeLessThanOrEqual(bounds.firstPaintMs);
    expect(byField).toBeLessThanOrEqual(bounds.filterMs);
    expect(byText).toBeLessThanOrEqual(bounds.searchMs);
    expect(worstFrame).toBeLessThanOrEqual(bounds.worstFrameMs);
  });

  it('has no violation that axe-core knows, in any view, light, dark and narrow', async () => {
    there.write(...Array.from({ length: 10 }, (_, number) => sampleConversation(number)).flat());
    there.write(
      sampleEvent({
        properties: { text: 'a\u202eb', nested: { list: [1, { deep: true }] } },
        groups: { company: 'acme' },
      }),
    );
    channel('nestjs-agent-analytics:dropped').publish({ event: 'secret', state: 'dropped', reason: 'before_send' });
    await there.open();
    await there.shows(42);
    const found = await faultsInEachAppearance(there.page, async (check) => {
      await check('list');
      await there.rows().nth(1).click();
      for (const tab of ['Properties', 'Raw', 'What PostHog will do']) {
        await there.page.getByRole('tab', { name: tab }).click();
        await check(tab);
      }
      await there.page.locator('#close').click();
    });
    await there.page.setViewportSize({ width: 1280, height: 800 });
    await there.page.keyboard.press('?');
    found.push(...(await violations(there.page)).map((violation) => `help: ${violation}`));
    await there.page.keyboard.press('Escape');
    await there.page.locator('#search').fill('nothing has this');
    await there.shows(0);
    found.push(...(await violations(there.page)).map((violation) => `empty: ${violation}`));
    expect(found).toEqual([]);
  });

  it('has light and dark colours, by the system and by choice', async () => {
    await there.open();
    const background = (): Promise<string> =>
      there.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await there.page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await there.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(light).not.toBe(dark);
    await there.page.getByRole('button', { name: 'Colours: auto' }).click();
    expect(await background()).toBe(light);
    await there.page.reload();
    await there.page.getByRole('button', { name: 'Colours: light' }).click();
    await there.page.emulateMedia({ colorScheme: 'light' });
    expect(await background()).toBe(dark);
  });
});
