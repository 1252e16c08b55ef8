import { describe, expect, it, vi } from 'vitest';
import { sampleConversation } from '../inbox/sample-events.js';
import { eachInboxPage } from './each-inbox-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('the inbox by its keys', () => {
  let there: InboxPage;
  eachInboxPage(async (started) => {
    there = started;
    there.write(...Array.from({ length: 20 }, (_, number) => sampleConversation(number)).flat());
    await there.open();
    await there.shows(80);
  });

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await there.page.keyboard.press(key);
  };
  const focused = (): Promise<string> =>
    there.page.evaluate(() => document.activeElement?.id || (document.activeElement?.className ?? ''));
  const place = async (): Promise<number> =>
    Number(await there.page.locator('.row.is-cursor').getAttribute('aria-posinset'));
  const openHelp = async (): Promise<void> => {
    await there.page.getByRole('button', { name: 'Keys' }).click();
    await there.page.getByRole('dialog').waitFor();
  };
  const closeHelp = async (): Promise<void> => {
    await press('Escape');
    await there.page.getByRole('dialog').waitFor({ state: 'hidden' });
  };

  it('walks the list from end to end, and opens by Space', async () => {
    await there.page.locator('#events').focus();
    await press('End');
    expect(await place()).toBe(80);
    const active = await there.page.locator('#events').getAttribute('aria-activedescendant');
    expect(active).toBe(await there.page.locator('.row.is-cursor').getAttribute('id'));
    await press(' ');
    await there.page.locator('.detail h2', { hasText: 'copilot_message_sent' }).waitFor();
    await press('Home');
    expect(await place()).toBe(1);
    await there.page.locator('.detail h2', { hasText: 'copilot_response_completed' }).waitFor();
  });

  it('gives the focus back to the list where an event is closed', async () => {
    for (const close of [() => there.page.locator('#close').click(), () => press('Escape')]) {
      await there.rows().nth(2).click();
      await there.page.locator('#close').focus();
      await close();
      await there.page.locator('.detail').waitFor({ state: 'detached' });
      expect(await focused()).toBe('events');
    }
    await press('ArrowDown');
    expect(await place()).toBe(4);
  });

  it('gives it back to the timeline where the event was opened there', async () => {
    await there.page.locator('.views [data-view=conversations]').click();
    await there.page.locator('.session').first().click();
    for (const close of [() => there.page.locator('#close').click(), () => press('Escape')]) {
      await there.page.locator('.node-row').nth(1).click();
      await there.page.locator('#close').focus();
      await close();
      await there.page.locator('.detail').waitFor({ state: 'detached' });
      expect(await focused()).toBe('node-row');
    }
  });

  it('does nothing behind the help', async () => {
    await there.page.locator('#events').focus();
    await openHelp();
    await press('j', 'ArrowDown', 'End', 'p', '/', '?');
    expect(await place()).toBe(1);
    expect(await there.page.locator('#pause').getAttribute('aria-pressed')).toBe('false');
    expect(await there.page.locator('.help :focus').innerText()).toBe('Close');
    await closeHelp();
    await press('p');
    expect(await there.page.locator('#pause').getAttribute('aria-pressed')).toBe('true');
  });

  it('has no key of a single character where they are switched off, also after a reload', async () => {
    await there.rows().nth(4).click();
    await openHelp();
    await there.page.getByLabel('Keys of a single character').uncheck();
    expect(await there.page.locator('.help kbd').allInnerTexts()).toEqual([
      ...['↓', '↑', 'Home, End', 'Enter, Space', 'Esc'],
    ]);
    await closeHelp();
    const pressAll = async (): Promise<void> => {
      await there.page.locator('#events').focus();
      await press('j', 'k', 'j', '/', 'p', '2', '?');
    };
    await pressAll();
    await there.page.reload();
    await there.page.locator('.verdict').first().waitFor();
    await pressAll();
    expect(await place()).toBe(5);
    expect(await focused()).toBe('events');
    expect(await there.page.locator('#pause').getAttribute('aria-pressed')).toBe('false');
    expect(await there.page.locator('#pause').getAttribute('title')).toBe('Pause');
    expect(await there.page.locator('#tab-verdicts').getAttribute('aria-selected')).toBe('true');
    expect(await there.page.getByRole('dialog').isVisible()).toBe(false);
    await press('ArrowDown');
    expect(await place()).toBe(6);

    await openHelp();
    await there.page.getByLabel('Keys of a single character').check();
    await closeHelp();
    await press('2');
    await there.page.getByRole('tab', { selected: true, name: 'Properties' }).waitFor();
    expect(there.complaints).toEqual([]);
  });
});
