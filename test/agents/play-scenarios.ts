import { setImmediate as tick } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { IngestedEvent } from '../support/posthog-server.js';
import { AgentApp } from './agent-app.js';
import { count } from './figures.js';
import type { AgentFramework } from './framework.js';
import { MARKER } from './script.js';
import { scenarios, type Scenario, type ScenarioName } from './scenarios.js';
import { storyOf } from './story.js';

const USERS = 25;
let app: AgentApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** One row of the table: the framework plays every scenario, and then 25 users play at once. */
export function playScenarios(framework: AgentFramework): void {
  describe(framework.name, () => {
    const names = Object.keys(scenarios) as ScenarioName[];
    const told = names.filter(
      (name) => framework.differences?.[name]?.story !== undefined || !framework.differences?.[name],
    );
    const untold = names.filter((name) => !told.includes(name));

    it.each(told)('tells %s', async (name) => {
      const scenario: Scenario = scenarios[name];
      app = await AgentApp.start({ integrations: framework.integrations() });
      await play(framework, app, scenario, 'ada');
      const events = await app.events();
      expect(storyOf(events)).toBe((framework.differences?.[name]?.story ?? scenario.story).trim());
      expectWhole(events, 'ada');
      expect(contentIn(app)).toBe(0);
      count('marked', contentIn(app));
      count('cells', 1);
      count('events', events.length);
    });

    for (const name of untold) {
      it.skip(`can't tell ${name}: ${framework.differences?.[name]?.because}`);
    }

    it(`keeps ${USERS} users of one model apart`, async () => {
      const name = 'two tools, of which one throws';
      app = await AgentApp.start({ integrations: framework.integrations() });
      const { current } = { current: app };
      const users = Array.from({ length: USERS }, (_, i) => `user-${i}`);
      await Promise.all(users.map((user) => play(framework, current, scenarios[name], user)));
      const events = await app.events();
      const expected = (framework.differences?.[name]?.story ?? scenarios[name].story).trim();
      for (const user of users) {
        const own = events.filter(({ distinct_id }) => distinct_id === user);
        expect(storyOf(own)).toBe(expected);
        expectWhole(own, user);
        count('users', 1);
      }
      expect(new Set(events.map(({ distinct_id }) => distinct_id)).size).toBe(USERS);
      expect(new Set(events.map(({ properties }) => properties['$ai_trace_id'])).size).toBe(USERS);
      count('events', events.length);
    });
  });
}

async function play(framework: AgentFramework, on: AgentApp, scenario: Scenario, user: string): Promise<void> {
  if (scenario.act === 'embed') return on.as(user, async () => framework.embed?.());
  const asking = on.as(user, () => framework.ask(scenario));
  if (scenario.fails === true) {
    await expect(asking).rejects.toThrow();
    return;
  }
  const asked = await asking;
  if (scenario.act === 'ask, then approve' || scenario.act === 'ask, then refuse') {
    await on.as(user, async () => framework.answer?.(scenario, asked, scenario.act === 'ask, then approve'));
  }
  await tick();
  if (scenario.act === 'ask and read nothing more') await on.leave();
}

/** What holds of every conversation: one person, one session, PostHog took everything, measured values are sound. */
function expectWhole(events: readonly IngestedEvent[], user: string): void {
  for (const { event, distinct_id, properties: p } of events) {
    expect([distinct_id, p['session_id'], p['$ai_session_id']]).toEqual([user, `session-${user}`, `session-${user}`]);
    expect(p['$ai_trace_id']).toEqual(expect.any(String));
    for (const time of ['duration_ms', '$ai_latency', '$ai_time_to_first_token']) {
      if (p[time] !== undefined && p[time] !== null) expect(p[time]).toBeGreaterThanOrEqual(0);
    }
    if (event === '$ai_generation' && p['$ai_input_tokens'] !== undefined) {
      expect(p).toMatchObject({ $ai_reasoning_tokens: 5, $ai_total_cost_usd: 0.25, $ai_cost_passthrough: true });
    }
  }
  const ids = new Set(events.map(({ uuid }) => uuid));
  expect(ids.size).toBe(events.length);
}

/** How often the content of a conversation was seen outside. */
export function contentIn(on: AgentApp): number {
  return on.everythingSaid.split(MARKER).length - 1;
}
