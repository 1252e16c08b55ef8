import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import type { AnalyticsEvent, JsonObject } from '../../src/event/analytics-event.js';
import { anonymousEvent, sampleEvent } from '../inbox/sample-events.js';
import { faultsInEachAppearance } from './appearances.js';
import { eachInboxPage } from './each-inbox-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

const SESSION = 'chat-1';
const at = (ms: number): string => new Date(Date.UTC(2026, 0, 15, 12) + ms).toISOString();
const ids = (trace: string, span: string, parent: string | null): JsonObject => ({
  session_id: SESSION,
  $ai_trace_id: trace,
  $ai_span_id: span,
  ...(parent !== null && { $ai_parent_id: parent }),
});

/** An anonymous question that a tool and its run answer, then the same person signed in, whose tool fails. */
const conversation: readonly AnalyticsEvent[] = [
  anonymousEvent(SESSION, {
    event: 'copilot_message_sent',
    timestamp: at(0),
    properties: { ...ids('t1', 't1', null), message_length: 12 },
  }),
  anonymousEvent(SESSION, {
    event: 'copilot_tool_called',
    timestamp: at(250),
    properties: { ...ids('t1', 's1', 't1'), tool_name: 'run_agent', outcome: 'success', duration_ms: 500 },
  }),
  anonymousEvent(SESSION, {
    event: '$ai_generation',
    timestamp: at(300),
    properties: {
      ...ids('t1', 's2', 's1'),
      $ai_model: 'gpt-5',
      $ai_input_tokens: 1_200,
      $ai_output_tokens: 80,
      $ai_total_cost_usd: 0.0125,
      $ai_latency: 0.4,
      $ai_time_to_first_token: 0.1,
    },
  }),
  anonymousEvent(SESSION, {
    event: 'copilot_response_completed',
    timestamp: at(1_000),
    properties: { ...ids('t1', 't1', null), outcome: 'success', duration_ms: 1_000, time_to_first_chunk_ms: 200 },
  }),
  sampleEvent({
    event: 'copilot_message_sent',
    distinctId: 'ada',
    timestamp: at(5_000),
    properties: { ...ids('t2', 't2', null), message_length: 1 },
  }),
  sampleEvent({
    event: 'copilot_tool_called',
    distinctId: 'ada',
    timestamp: at(5_100),
    properties: {
      ...ids('t2', 's3', 't2'),
      tool_name: 'find_agent',
      outcome: 'error',
      error_type: 'TypeError',
      duration_ms: 300,
    },
  }),
];

describe('a conversation', () => {
  let there: InboxPage;
  eachInboxPage(async (started) => {
    there = started;
    there.write(...conversation);
    await there.open();
    await there.shows(conversation.length);
  });

  const openConversation = async (): Promise<void> => {
    await there.page.locator('.views [data-view=conversations]').click();
    await there.page.locator(`.session[data-session="${SESSION}"]`).click();
    await timeline(conversation.length).waitFor();
  };
  const timeline = (events: number) => there.page.locator(`.conversation[data-events="${events}"]`);

  it('is a waterfall: what lies in what, from when to when, by whom, and what failed', async () => {
    await openConversation();
    expect(await nodesOf(there.page)).toEqual([
      'anonymous_chat-1',
      'message 0 Message 0+1000',
      'tool 1 run_agent 250+500',
      'model 2 gpt-5 300+400 first 100 ms · 1,200 → 80 tokens · $0.0125',
      'ada',
      'message 0 Message 0',
      'tool 1 find_agent 100+300 failed error: TypeError',
    ]);
    const [message, tool] = await there.page.locator('.node .bar').evaluateAll((bars) =>
      bars.slice(0, 2).map((bar) => {
        const { left, width } = bar.getBoundingClientRect();
        return { left, width };
      }),
    );
    const placeOf = (share: number): number => (message?.left ?? 0) + share * (message?.width ?? 0);
    expect(tool?.left).toBeCloseTo(placeOf(0.25), 0);
    expect((tool?.left ?? 0) + (tool?.width ?? 0)).toBeCloseTo(placeOf(0.75), 0);
    const facts = await there.page.locator('.conversation-facts .fact').allInnerTexts();
    expect(facts.map((fact) => fact.replace('\n', ' ')).slice(1)).toEqual([
      'Lasted 5.40 s',
      'Messages 2',
      'Tool calls 2',
      'Model calls 1',
      'Failed 1',
      'Tokens 1,200 → 80',
      'Cost $0.0125',
    ]);
    expect(there.complaints).toEqual([]);
  });

  it('grows while it is looked at, survives a reload, and leads to its events and back', async () => {
    await openConversation();
    there.write(
      sampleEvent({
        event: 'copilot_response_completed',
        distinctId: 'ada',
        timestamp: at(6_000),
        properties: { ...ids('t2', 't2', null), outcome: 'success', duration_ms: 1_000 },
      }),
    );
    await timeline(conversation.length + 1).waitFor();
    await there.page.reload();
    await timeline(conversation.length + 1).waitFor();
    await there.page.locator('.node[data-title=find_agent] .node-row').click();
    await there.page.locator('.detail[data-shown]', { hasText: 'copilot_tool_called' }).waitFor();
    await there.page.keyboard.press('Escape');
    await there.page.getByRole('button', { name: 'Its events' }).click();
    await there.page.locator('.toolbar [data-field=session].is-set').waitFor();
    await there.page.locator('.row', { hasText: 'find_agent' }).click();
    await there.page.locator('#conversation').click();
    await timeline(conversation.length + 1).waitFor();
    await there.page.goBack();
    await there.page.locator('.row').first().waitFor();
    expect(there.complaints).toEqual([]);
  });

  it('is walked by keys, has no violation that axe-core knows, light, dark and narrow, and fits', async () => {
    await openConversation();
    await there.page.keyboard.press('j');
    await there.page.keyboard.press('j');
    await there.page.keyboard.press('Enter');
    await there.page.locator('.detail[data-shown]', { hasText: 'copilot_tool_called' }).waitFor();
    await there.page.keyboard.press('Escape');
    expect(await faultsInEachAppearance(there.page)).toEqual([]);
  });

  it('says nothing of others, and runs nothing of hostile names', async () => {
    const evil = '<img src=x onerror="window.pwned = 1">\u202e\u0000';
    there.write(
      sampleEvent({ properties: { session_id: evil, $ai_trace_id: evil, $ai_span_id: evil, $ai_parent_id: evil } }),
      sampleEvent({
        event: 'copilot_tool_called',
        distinctId: evil,
        properties: { session_id: evil, $ai_trace_id: evil, tool_name: evil, outcome: evil, duration_ms: 1e300 },
      }),
    );
    await there.page.locator('.views [data-view=conversations]').click();
    await there.page.locator('.sessions[data-total="2"] .session').first().click();
    await timeline(2).waitFor();
    expect(await there.page.locator('.conversation').innerText()).not.toContain('run_agent');
    expect(await there.page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
    expect(there.complaints).toEqual([]);
  });
});

/** The page's timeline, a line a person or node, as a reader finds it. */
async function nodesOf(page: Page): Promise<string[]> {
  return page.locator('.person, .node').evaluateAll((items) =>
    items.map((item) => {
      const { kind, depth, title, start, duration, person } = (item as HTMLElement).dataset;
      if (person !== undefined) return person;
      const facts = item.querySelector('.node-facts')?.textContent ?? '';
      const failed = item.classList.contains('is-failed')
        ? `failed ${item.querySelector('.outcome')?.textContent ?? ''}`
        : '';
      const span = duration === '' ? start : `${start}+${duration}`;
      const shown = title === 'Message' ? '' : facts;
      return [kind, depth, title, span, failed, shown].filter((part) => part !== '' && part !== undefined).join(' ');
    }),
  );
}
