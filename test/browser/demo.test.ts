import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../src/event/analytics-event.js';
import { startDemo } from '../support/demo-copy.js';
import { collectComplaints, launchBrowser } from './browser.js';
import { bounds, tellFigures } from './figures.js';

/** A catalog, an event that it lacks, and a hook that drops one. */
const edits = [
  { file: 'app.module.ts', find: 'import { AnalyticsModule }', replace: 'import { AnalyticsModule, defineEvents }' },
  {
    file: 'app.module.ts',
    find: 'exposeTraceId: true,',
    replace: `exposeTraceId: true,
      catalog: defineEvents({}),
      beforeSend: (event) => (event.event === 'copilot_feedback_given' ? null : event),`,
  },
  {
    file: 'chat/chat.controller.ts',
    find: 'this.analytics.trackFeedback(',
    replace: "this.analytics.capture('answer_rated', { rating }, { sessionId });\n    this.analytics.trackFeedback(",
  },
];

describe('the demo in a browser', { timeout: 30_000 }, () => {
  let browser: Browser;
  let demo: Awaited<ReturnType<typeof startDemo>>;
  let context: BrowserContext;
  let page: Page;
  let inbox: FrameLocator;
  let complaints: readonly string[];

  beforeAll(async () => {
    [browser, demo] = await Promise.all([launchBrowser(), startDemo(edits)]);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await demo.stop();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(8_000);
    page = await context.newPage();
    complaints = collectComplaints(page);
    await page.goto(demo.url);
    inbox = page.frameLocator('iframe');
    await inbox.locator('[data-connection=live]').waitFor();
  });
  afterEach(() => context.close());

  const ask = async (message: string): Promise<void> => {
    await page.locator('#message').fill(message);
    await page.keyboard.press('Enter');
    await page.locator('#stop').waitFor({ state: 'visible' });
    await page.locator('#send').waitFor({ state: 'visible' });
  };
  const signIn = async (token: string): Promise<void> => {
    await page.locator(`input[value=${token}]`).check({ force: true });
    await page.getByText('You are signed in').waitFor();
  };
  const row = (event: string): Locator => inbox.locator('.row', { hasText: event }).first();
  const isShown = async (each: Locator): Promise<void> =>
    inbox.locator(`.detail[data-shown="${await each.getAttribute('data-key')}"]`).waitFor();
  /** In so narrow a column an open event lies over the list. */
  const open = async (each: Locator): Promise<void> => {
    const close = inbox.locator('#close');
    if (await close.isVisible()) await close.click();
    await each.click();
    await isShown(each);
  };
  /** Opens the newest event of that name: what PostHog will do with it, topic by topic. */
  const verdictsOf = async (event: string): Promise<Record<string, string>> => {
    await open(row(event));
    await inbox.locator('.verdict').first().waitFor();
    const titles = inbox
      .locator('.verdict')
      .evaluateAll((items) =>
        items.map((item) => [
          (item as HTMLElement).dataset.topic ?? '',
          item.querySelector('.verdict-title')?.textContent ?? '',
        ]),
      );
    return Object.fromEntries((await titles) as [string, string][]);
  };
  /** Waits until so many events are there. */
  const shows = (least: number): Promise<unknown> =>
    inbox.locator('#count').evaluate(async (count, wanted) => {
      while (Number(count.dataset.total) < wanted) await new Promise((resolve) => requestAnimationFrame(resolve));
    }, least);

  it('shows all events of an anonymous chat within a second, each as it was emitted', async ({ task }) => {
    await ask('Run the newsletter writer');
    const answered = performance.now();
    await shows(anonymousChat.length);
    const eventsShownMs = performance.now() - answered;
    tellFigures(task, { eventsShownMs });
    expect(eventsShownMs).toBeLessThanOrEqual(bounds.eventsShownMs);
    await row('copilot_agent_run_success').waitFor();

    const emitted = (await (await fetch(`${demo.url}/demo/events`)).json()) as AnalyticsEvent[];
    const names = emitted.map(({ event }) => event).filter((event) => event !== 'copilot_agent_run_success');
    expect(names.sort()).toEqual(anonymousChat);
    await open(inbox.locator('.row').first());
    await inbox.getByRole('tab', { name: 'Raw' }).click();
    const shown: unknown[] = [];
    for (let place = 0; place < emitted.length; place++) {
      await isShown(inbox.locator('.row').nth(place));
      shown.push(JSON.parse(await inbox.locator('.raw').innerText()));
      await inbox.locator('#events').press('j');
    }
    expect(shown.reverse()).toEqual(
      emitted.map(({ uuid, event, distinctId, timestamp, properties }) => {
        return { uuid, event, distinct_id: distinctId, timestamp, properties };
      }),
    );
    const of = (event: string): AnalyticsEvent['properties'] =>
      emitted.find((each) => each.event === event)?.properties ?? {};
    expect(of('copilot_message_sent')).toMatchObject({ is_anonymous: true, message_length: 25 });
    expect(of('copilot_agent_run_started')).toMatchObject({ graph_name: 'Newsletter Writer', outcome: 'queued' });
    expect(of('copilot_response_completed')).toMatchObject({ outcome: 'success', tool_calls: 2, tool_errors: 0 });

    await inbox.getByRole('tab', { name: 'What PostHog will do' }).click();
    const inTheChat = {
      delivery: 'Shown here only',
      person: 'Anonymous',
      groups: 'No groups',
      trace: expect.any(String) as string,
    };
    expect(await verdictsOf('copilot_message_sent')).toMatchObject({
      ...inTheChat,
      billing: expect.stringContaining('nonymous') as string,
      catalog: 'Built in',
      origin: 'ChatController.send',
    });
    expect(await verdictsOf('copilot_agent_run_started')).toMatchObject({
      ...inTheChat,
      origin: 'AgentTools.runAgent',
    });
    expect(await verdictsOf('$ai_generation')).toMatchObject({
      ...inTheChat,
      billing: 'AI observability',
      catalog: "PostHog's own event",
    });
    expect(complaints).toEqual([]);
  });

  it('tells who is merged, which groups count, what is dropped and what is unknown', async () => {
    await ask('What do the docs say about unicorns?');
    await signIn('demo-ada');
    expect(await verdictsOf('$identify')).toMatchObject({ person: 'Merges with the user' });
    expect(await verdictsOf('copilot_message_sent')).toMatchObject({ person: 'Anonymous, merged' });
    await ask('What do the docs say about unicorns?');
    expect(await verdictsOf('copilot_message_sent')).toMatchObject({
      person: expect.stringMatching(/^A known user/) as string,
      groups: 'Groups are kept',
      billing: 'Identified event',
    });
    expect(await inbox.locator('.verdict[data-topic=groups]').innerText()).toContain('engines');
    expect(await verdictsOf('copilot_tool_called')).toMatchObject({ origin: 'DocsTools.searchDocs' });
    expect(await row('copilot_tool_called').innerText()).toContain('error');

    await page.getByRole('button', { name: 'Good answer' }).last().click();
    expect(await verdictsOf('copilot_feedback_given')).toEqual({ delivery: 'Dropped', origin: 'Told by hand' });
    expect(await inbox.locator('.verdict[data-topic=delivery]').innerText()).toContain('beforeSend returned null');
    expect(await verdictsOf('answer_rated')).toMatchObject({
      catalog: 'Unknown event',
      person: expect.any(String) as string,
    });

    await inbox.locator('#close').click();
    await inbox.locator('.views [data-view=problems]').click();
    await inbox.locator('.problem[data-id="dropped:before_send"]', { hasText: 'copilot_feedback_given' }).waitFor();
    await inbox.locator('.problem[data-id="said:NAA207"]', { hasText: 'answer_rated' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('goes on after the demo was restarted, beside the chat and in a tab of its own', async () => {
    const alone = await context.newPage();
    await alone.goto(demo.inbox);
    await alone.locator('[data-connection=live]').waitFor();
    const before = Number(await alone.locator('#count').getAttribute('data-total'));
    expect(before).toBeGreaterThan(anonymousChat.length);
    const lost = [inbox, alone].map((there) => there.locator('[data-connection=lost]').waitFor());
    const restarted = demo.restart();
    await Promise.all(lost);
    await restarted;
    await Promise.all([inbox, alone].map((there) => there.locator('[data-connection=live]').waitFor()));
    await ask('What do the docs say about unicorns?');
    const count = before + 8;
    await shows(count);
    for (const there of [inbox, alone]) {
      await there.locator(`#count[data-total="${count}"]`).waitFor();
      await there.locator('.row:not(.is-old)', { hasText: 'copilot_response_completed' }).waitFor();
    }
  });

  it('shows one of the two on a narrow page, by a button', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.locator('#show-events').waitFor();
    expect(await page.locator('.chat').isVisible()).toBe(true);
    expect(await page.locator('#events').isVisible()).toBe(false);
    await page.locator('#show-events').click();
    expect(await page.locator('.chat').isVisible()).toBe(false);
    await inbox.locator('[data-connection=live]').waitFor();
  });
});

/** Before the run itself has ended, which it does in the background. */
const anonymousChat = [
  ...['$ai_generation', '$ai_generation', '$ai_generation', '$ai_span', '$ai_span', '$ai_span', '$ai_trace'],
  ...['copilot_agent_run_started', 'copilot_message_sent', 'copilot_response_completed'],
  ...['copilot_tool_called', 'copilot_tool_called'],
];
