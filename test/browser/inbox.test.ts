import { channel } from 'node:diagnostics_channel';
import { describe, expect, it, vi } from 'vitest';
import { eventJson } from '../../src/event/fit-event.js';
import { anonymousEvent, sampleConversation, sampleEvent } from '../inbox/sample-events.js';
import { eachInboxPage } from './each-inbox-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('the inbox in a browser', () => {
  let there: InboxPage;
  eachInboxPage((started) => void (there = started));

  it('shows events as they come, newest first, within a second', async () => {
    await there.open();
    await there.page.getByText('No events yet').waitFor();
    const started = performance.now();
    there.write(...sampleConversation(1));
    await there.shows(4);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await there.names()).toEqual([
      'copilot_response_completed',
      'copilot_agent_run_success',
      'copilot_tool_called',
      'copilot_message_sent',
    ]);
    expect(there.page.url()).not.toContain('token');
    expect(there.complaints).toEqual([]);
  });

  it('opens an event with what PostHog will do, follows its delivery, and copies it', async () => {
    const event = sampleEvent({ event: 'plan_upgraded', properties: { plan: "pro's", deep: { list: [1, null] } } });
    const lost = anonymousEvent('s9', { event: 'cart_filled', groups: { company: 'acme' } });
    there.write(event, lost);
    await there.open();
    await there.rows().nth(1).click();
    const delivery = there.page.locator('.verdict[data-topic=delivery]');
    await delivery.getByText('Pending').waitFor();
    channel('nestjs-agent-analytics:delivered').publish({
      uuid: event.uuid,
      state: 'delivered',
      source: 'Billing.upgrade',
    });
    await delivery.getByText('Delivered').waitFor();
    expect(await there.page.locator('.verdict[data-topic=origin]').innerText()).toContain('Billing.upgrade');
    expect(await there.rows().nth(1).locator('.state').getAttribute('class')).toContain('is-delivered');

    const copies = [
      ['Copy as JSON', (text: string) => expect(JSON.parse(text)).toEqual(JSON.parse(eventJson(event)))],
      ['Copy as curl', (text: string) => expect(text).toMatch(/^curl .*pro\\u0027s/)],
      ['Copy as a line of a test', (text: string) => expect(text).toContain(`toHaveTracked('plan_upgraded'`)],
    ] as const;
    for (const [place, [name, expected]] of copies.entries()) {
      await there.page.getByRole('button', { name, exact: true }).click();
      await there.page.locator('.copies [data-state=copied]').nth(place).waitFor();
      expected(await there.page.evaluate(() => navigator.clipboard.readText()));
    }

    await there.page.getByRole('tab', { name: 'Properties' }).click();
    expect(await there.page.locator('.panel').innerText()).toContain("pro's");
    await there.page.getByRole('tab', { name: 'Raw' }).click();
    expect(JSON.parse(await there.page.locator('.raw').innerText())).toEqual(JSON.parse(eventJson(event)));

    await there.page.getByRole('tab', { name: 'What PostHog will do' }).click();
    await there.rows().nth(0).click();
    await there.page.locator('.verdict[data-topic=groups][data-level=bad]').waitFor();
    channel('nestjs-agent-analytics:dropped').publish({ uuid: lost.uuid, state: 'dropped', reason: 'queue_full' });
    await delivery.getByText('maxPending').waitFor();
    expect(there.complaints).toEqual([]);
  });

  it('filters by event, outcome, person, session, delivery and text, and keeps that over a reload', async () => {
    there.write(...Array.from({ length: 14 }, (_, number) => sampleConversation(number)).flat());
    there.write(sampleEvent({ event: 'plan_upgraded', properties: { deep: { note: 'a "Needle" in it' } } }));
    await there.open();
    await there.shows(57);
    await there.page.getByLabel('Event', { exact: true }).first().focus();
    await there.page.locator('[data-field=event]').selectOption('copilot_tool_called');
    await there.shows(14);
    await there.page.locator('[data-field=outcome]').focus();
    await there.page.locator('[data-field=outcome]').selectOption('error');
    await there.shows(2);
    await there.page.locator('[data-field=person]').focus();
    await there.page.locator('[data-field=person]').selectOption('user-7');
    await there.shows(1);
    await there.page.reload();
    await there.shows(1);
    expect(await there.counts()).toEqual([1, 57]);
    await there.page.getByRole('button', { name: 'Clear filters' }).first().click();
    await there.shows(57);
    await there.page.locator('[data-field=session]').focus();
    await there.page.locator('[data-field=session]').selectOption('chat-3');
    await there.shows(4);
    await there.rows().first().click();
    await there.page.reload();
    await there.page.locator('.verdict').first().waitFor();
    await there.page.keyboard.press('Escape');
    await there.page.getByRole('button', { name: 'Clear filters' }).first().click();

    await there.page.keyboard.press('/');
    await there.page.keyboard.type('"needle"');
    await there.shows(1);
    expect(await there.names()).toEqual(['plan_upgraded']);
    there.write(sampleEvent({ event: 'another', properties: { text: 'also a "needle"' } }), sampleEvent());
    await there.shows(2);
    expect(there.complaints).toEqual([]);
  });

  it('pauses without losing anything, and is worked by keys', async () => {
    there.write(...sampleConversation(1));
    await there.open();
    await there.shows(4);
    await there.page.keyboard.press('p');
    await there.page.getByText('Paused').waitFor();
    there.write(...sampleConversation(2));
    await there.page.getByRole('button', { name: 'Show 4 new' }).waitFor();
    expect(await there.counts()).toEqual([4, 4]);
    await there.page.keyboard.press('p');
    await there.shows(8);

    await there.page.keyboard.press('j');
    await there.page.keyboard.press('j');
    await there.page.keyboard.press('Enter');
    await there.page.locator('.detail h2', { hasText: 'copilot_agent_run_success' }).waitFor();
    await there.page.keyboard.press('k');
    await there.page.locator('.detail h2', { hasText: 'copilot_response_completed' }).waitFor();
    await there.page.keyboard.press('2');
    await there.page.getByRole('tab', { selected: true, name: 'Properties' }).waitFor();
    await there.page.keyboard.press('Escape');
    await there.page.locator('.detail').waitFor({ state: 'detached' });
    await there.page.keyboard.press('?');
    await there.page.getByRole('dialog').waitFor();
    await there.page.keyboard.press('Escape');
    await there.page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(there.complaints).toEqual([]);
  });

  it('goes on after the server was restarted, without a gap or a double, in two tabs', async () => {
    const second = await there.context.newPage();
    there.write(...sampleConversation(1));
    await there.open();
    await there.open(second);
    await there.shows(4);
    const port = Number(new URL(there.inbox.origin).port);
    await there.inbox.close();
    await there.page.locator('[data-connection=lost]').waitFor();
    await there.restart(port);
    there.write(...sampleConversation(2));
    for (const tab of [there.page, second]) {
      await tab.locator('[data-connection=live]').waitFor();
      await there.shows(8, tab);
      expect(await there.rows(tab).count()).toBe(8);
      expect(await tab.locator('.row.is-old').count()).toBe(4);
    }
    there.write(sampleEvent());
    await there.shows(9);
    await there.shows(9, second);
    await there.rows().last().click();
    await there.page.getByText('The server does not have this event any more').waitFor();
    await there.page.getByRole('button', { name: 'Clear', exact: true }).click();
    await there.shows(0);
    await there.shows(0, second);
  });
});
