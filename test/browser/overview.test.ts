import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { sampleConversation, sampleEvent } from '../inbox/sample-events.js';
import { faultsInEachAppearance } from './appearances.js';
import { eachInboxPage } from './each-inbox-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('the overview', () => {
  let there: InboxPage;
  eachInboxPage((started) => void (there = started));

  const openOverview = async (total: number): Promise<void> => {
    await there.page.locator('.views [data-view=overview]').click();
    await there.page.locator(`.overview[data-total="${total}"]`).waitFor();
  };

  it('counts events over time, tools by outcome, their durations, and the funnel', async () => {
    there.write(...Array.from({ length: 21 }, (_, number) => sampleConversation(number)).flat());
    there.write(sampleEvent({ properties: { session_id: 'no tool' } }));
    await there.open();
    await there.shows(85);
    await openOverview(85);
    expect(await numbersOf(there.page, 'tools')).toEqual({
      find_agent: { success: 6, error: 1 },
      run_agent: { success: 6, error: 1 },
      search_docs: { success: 6, error: 1 },
    });
    // Tool number n of sampleConversation takes 40 + n ms.
    expect(await numbersOf(there.page, 'durations')).toEqual({
      find_agent: { p50: 49, p95: 58 },
      run_agent: { p50: 50, p95: 59 },
      search_docs: { p50: 51, p95: 60 },
    });
    expect(await numbersOf(there.page, 'funnel')).toEqual({
      'Message, 100 %': { conversations: 22 },
      'Tool, 95 %': { conversations: 21 },
      'Run, 95 %': { conversations: 21 },
    });
    const time = Object.values(await numbersOf(there.page, 'time'));
    const sums = time.reduce<Record<string, number>>((sum, counts) => {
      for (const [event, count] of Object.entries(counts)) sum[event] = (sum[event] ?? 0) + count;
      return sum;
    }, {});
    expect(sums).toEqual({
      copilot_message_sent: 22,
      copilot_agent_run_success: 21,
      copilot_response_completed: 21,
      copilot_tool_called: 21,
    });
    expect(there.complaints).toEqual([]);
  });

  it('draws them, follows what comes, and leads from a mark to what it counts', async () => {
    there.write(...Array.from({ length: 14 }, (_, number) => sampleConversation(number)).flat());
    await there.open();
    await there.shows(56);
    await openOverview(56);
    there.write(...sampleConversation(14));
    await there.page.locator('.overview[data-total="60"]').waitFor();
    const shown = (await numbersOf(there.page, 'tools')).find_agent;
    expect(shown).toEqual({ success: 4, error: 1 });

    const [x, y] = await markOf(there.page, 'tools', '--bad');
    await there.page.mouse.click(x, y);
    await there.shows(1);
    expect(there.page.url()).toMatch(/#.*tool=find_agent/);
    expect(there.page.url()).toMatch(/#.*outcome=error/);
    expect(await there.names()).toEqual(['copilot_tool_called']);

    await there.page.goBack();
    await there.page.locator('.overview').waitFor();
    await there.page.locator('.figure:has([data-figure=time]) summary').click();
    await there.page.locator('[data-figure=time] tbody td:nth-child(2) a').first().click();
    await there.page.locator('.chip[data-field=time]').waitFor();
    const [inInterval] = await there.counts();
    expect(inInterval).toBeGreaterThan(0);
    expect(new Set(await there.names()).size).toBe(1);
    await there.page.getByRole('button', { name: 'Clear the filter by time' }).click();
    await there.shows(15);
    expect(there.complaints).toEqual([]);
  });

  it('has nothing to show of nothing, and is not broken by hostile names', async () => {
    await there.open();
    await openOverview(0);
    expect(await there.page.getByText('Nothing to count yet.').count()).toBe(4);
    const evil = '<script>window.pwned = 1</script>\u202e\u0000';
    const tool = (outcome: string, name: string) =>
      sampleEvent({
        event: 'x_tool_called',
        timestamp: outcome === 'late' ? '+275760-09-13T00:00:00.000Z' : new Date().toISOString(),
        properties: { tool_name: name, outcome, duration_ms: outcome === 'late' ? 1e300 : -5 },
      });
    there.write(
      tool(evil, evil),
      tool('late', evil),
      tool('x'.repeat(10_000), 'y'.repeat(10_000)),
      tool('', '__proto__'),
    );
    await there.page.locator('.overview[data-total="4"]').waitFor();
    const names = Object.keys(await numbersOf(there.page, 'tools'));
    expect(names[0]).toMatch(/^<script>/);
    expect(names.join('')).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect(await there.page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
    expect(there.complaints).toEqual([]);
  });

  it('has no violation that axe-core knows, light, dark and narrow, and fits', async () => {
    there.write(...Array.from({ length: 20 }, (_, number) => sampleConversation(number)).flat());
    await there.open();
    await there.shows(80);
    await openOverview(80);
    for (const summary of await there.page.locator('.figure-numbers summary').all()) await summary.click();
    const found = await faultsInEachAppearance(there.page, async (check) => {
      await check();
      await markOf(there.page, 'tools', '--bad');
    });
    expect(found).toEqual([]);
  });
});

/** The numbers of a figure's table: by row, then by column. */
async function numbersOf(page: Page, figure: string): Promise<Record<string, Record<string, number>>> {
  return page.locator(`[data-figure=${figure}]`).evaluate((table) => {
    const columns = [...table.querySelectorAll('thead th')].slice(1).map((cell) => cell.textContent ?? '');
    const rows = [...table.querySelectorAll('tbody tr')].map((row) => {
      const values = [...row.querySelectorAll<HTMLElement>('td')].map(({ dataset }) => Number(dataset.value));
      const name = row.querySelector('th')?.textContent ?? '';
      return [name, Object.fromEntries(columns.map((column, place) => [column, values[place] ?? NaN]))] as const;
    });
    return Object.fromEntries(rows);
  });
}

/** Where a mark of that colour stands in a chart, once it is drawn, in the page's coordinates. */
async function markOf(page: Page, figure: string, colour: string): Promise<[x: number, y: number]> {
  const found = await page.waitForFunction(findColour, { figure, colour });
  return (await found.jsonValue()) ?? [0, 0];
}

/** Runs in the page. */
function findColour({ figure, colour }: { figure: string; colour: string }): [x: number, y: number] | null {
  const canvas = document.querySelector<HTMLCanvasElement>(`.figure:has([data-figure=${figure}]) canvas`);
  const context = canvas?.getContext('2d');
  if (canvas == null || context == null || canvas.width === 0) return null;
  canvas.scrollIntoView();
  const probe = document.createElement('span');
  probe.style.color = `var(${colour})`;
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color.match(/\d+/g)?.map(Number) ?? [];
  probe.remove();
  const { data, width } = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let place = 0; place < data.length; place += 4) {
    if (wanted.some((part, offset) => data[place + offset] !== part) || data[place + 3] !== 255) continue;
    const scale = canvas.clientWidth / canvas.width;
    const { left, top } = canvas.getBoundingClientRect();
    const pixel = place / 4;
    return [left + ((pixel % width) + 2) * scale, top + (Math.floor(pixel / width) + 2) * scale];
  }
  return null;
}
