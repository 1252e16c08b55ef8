import { afterEach, describe, expect, it } from 'vitest';
import type { IngestedEvent } from '../support/posthog-server.js';
import { count } from './figures.js';
import { mcpScenarios, notInMcp, type McpScenarioName } from './mcp-scenarios.js';
import { mcpNest } from './mcp-nest-server.js';
import { sdk1InMemory, sdk1OverHttp, server2InMemory, type McpHouse } from './mcp-servers.js';
import { MARKER, TOOL_INPUT } from './script.js';
import { storyOf } from './story.js';

const USERS = 25;
const names = Object.keys(mcpScenarios) as McpScenarioName[];

let house: McpHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

describe.each([sdk1InMemory, sdk1OverHttp, server2InMemory, mcpNest].map((setUp) => [setUp.name, setUp] as const))(
  '%s',
  (_, setUp) => {
    it.each(names)('tells %s', async (name) => {
      house = await setUp.start();
      await mcpScenarios[name].play(await house.visit('ada'));
      const events = await house.events();
      expect(storyOf(events)).toBe((setUp.differences?.[name]?.story ?? mcpScenarios[name].story).trim());
      expectWhole(events, 'ada');
      const marked = house.everythingSaid.split(MARKER).length - 1;
      expect(marked).toBe(0);
      count('marked', marked);
      count('cells', 1);
      count('events', events.length);
    });

    it(`keeps ${USERS} users at once apart`, async () => {
      house = await setUp.start();
      const { current } = { current: house };
      const users = Array.from({ length: USERS }, (_, i) => `user-${i}`);
      await Promise.all(
        users.map(async (user) => {
          const { call } = await current.visit(user);
          await Promise.all([call('find_agent', TOOL_INPUT), call('broken_tool'), call('summarise')]);
        }),
      );
      const events = await house.events();
      for (const user of users) {
        const own = events.filter(({ distinct_id }) => distinct_id === user);
        expect(own.map(({ event }) => event).sort()).toEqual([
          '$ai_generation',
          ...Array<string>(3).fill('$ai_span'),
          ...Array<string>(3).fill('copilot_tool_called'),
        ]);
        expectWhole(own, user);
        count('users', 1);
      }
      expect(events).toHaveLength(7 * USERS);
      expect(new Set(events.map(({ properties }) => properties['session_id'])).size).toBe(USERS);
      count('events', events.length);
    });
  },
);

describe('MCP', () => {
  for (const [name, because] of Object.entries(notInMcp)) it.skip(`can't tell ${name}: ${because}`);
});

/** What holds of every visit: one person, one session, PostHog took everything, each tool in one trace. */
function expectWhole(events: readonly IngestedEvent[], user: string): void {
  const [session, ...others] = new Set(events.map(({ properties }) => properties['session_id']));
  expect(session).toEqual(expect.any(String));
  expect(others).toEqual([]);
  for (const { event, distinct_id, properties: p } of events) {
    expect(distinct_id).toBe(user);
    expect(p['$ai_session_id']).toBe(session);
    expect(p['$ai_trace_id']).toEqual(expect.any(String));
    if (event === 'copilot_tool_called') expect(p['duration_ms']).toBeGreaterThanOrEqual(0);
  }
  const traces = new Set(events.map(({ properties }) => properties['$ai_trace_id']));
  expect(traces.size).toBe(events.filter(({ event }) => event === 'copilot_tool_called').length);
  expect(new Set(events.map(({ uuid }) => uuid)).size).toBe(events.length);
}
