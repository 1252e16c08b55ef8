import { readFileSync } from 'node:fs';
import {
  AnalyticsContext,
  type AnalyticsContextValues,
  type AnalyticsOptions,
  type AnalyticsService,
} from 'nestjs-agent-analytics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInEvents } from '../../src/event/built-in-events.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { untagged } from '../support/tagged-values.js';
import { whatArrives, type WireEvent } from './golden-app.js';
import { withPlaceholders } from './placeholders.js';

// What stands in the files was written by hand from the contract; nothing here is made from the code.
interface Case {
  readonly name: string;
  readonly settings?: AnalyticsOptions;
  readonly context?: AnalyticsContextValues;
  readonly calls: readonly [method: keyof AnalyticsService, ...args: unknown[]][];
  readonly events: readonly WireEvent[];
  readonly warnings?: readonly string[];
  /** Only the properties listed are compared. */
  readonly match?: boolean;
  /** Texts that appear nowhere in what is sent or said. */
  readonly never?: readonly string[];
}
interface GoldenFile<C> {
  readonly settings: AnalyticsOptions;
  readonly always: Record<string, unknown>;
  readonly cases: readonly C[];
}
const read = <C>(file: string): GoldenFile<C> =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as GoldenFile<C>;

let server: PostHogServer;
beforeAll(async () => {
  server = await startPostHogServer();
});
afterAll(() => server.close());

describe.each(['service-events.json', 'person-events.json'])('%s', (file) => {
  const golden = read<Case>(file);

  it.each(golden.cases)('$name', async (golden_case) => {
    const { settings, context, calls, events, warnings = [], match, never = [] } = golden_case;
    const arrived = await whatArrives(server, { ...golden.settings, ...settings }, (analytics) => {
      AnalyticsContext.run(context, () => {
        for (const [method, ...args] of untagged(calls) as Case['calls']) {
          (analytics[method] as (...args: unknown[]) => void).call(analytics, ...args);
        }
      });
    });
    const expected = events.map((event) => ({ ...event, properties: { ...golden.always, ...event.properties } }));
    const actual = withPlaceholders(arrived.events, expected);
    if (match) expect(actual).toMatchObject(expected);
    else expect(actual).toEqual(expected);
    expect(arrived.warnings).toEqual(warnings);
    for (const text of never) expect(JSON.stringify([arrived.events, arrived.texts])).not.toContain(text);
  });
});

describe('the rows of the contract and the declarations in the code', () => {
  const golden = read<Case>('service-events.json');
  const seen = golden.cases.flatMap(({ events, settings }) => (settings?.eventPrefix === undefined ? events : []));
  const declared: Record<string, readonly string[]> = builtInEvents;

  it.each(Object.keys(declared))('copilot_%s has a golden case, or only a decorator emits it', (event) => {
    const onlyDecorators = ['response_completed', 'agent_run_started', 'agent_schedule_failed', 'trigger_setup_failed'];
    const cases = seen.filter((wire) => wire.event === `copilot_${event}`);
    expect(cases.length > 0).toBe(!onlyDecorators.includes(event));
    for (const { properties } of cases)
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...(declared[event] ?? [])]));
  });

  it('no golden case is of an event that the code does not declare', () => {
    const own = seen
      .filter(({ event }) => event.startsWith('copilot_'))
      .map(({ event }) => event.slice('copilot_'.length));
    const applications = ['plan_upgraded'];
    expect(own.filter((event) => !(event in declared) && !applications.includes(event))).toEqual([]);
  });
});

interface IdCase {
  readonly name: string;
  readonly userId?: unknown;
  readonly sessionId?: unknown;
  readonly context?: AnalyticsContextValues;
  readonly settings?: AnalyticsOptions;
  readonly distinct_id?: unknown;
  readonly session_id?: unknown;
  readonly kind: 'user' | 'anonymous' | 'anonymous with profile' | 'dropped';
  readonly properties?: Record<string, unknown>;
  readonly warnings?: readonly string[];
}

describe('ids.json', () => {
  const golden = read<IdCase>('ids.json');

  it.each(golden.cases)('$name', async (golden_case) => {
    const { context, settings, kind, warnings = [], properties = {} } = golden_case;
    const sessionId = 'sessionId' in golden_case ? untagged(golden_case.sessionId) : 'session-1';
    const { events, warnings: said } = await whatArrives(server, { ...golden.settings, ...settings }, (analytics) => {
      AnalyticsContext.run(context, () => {
        const message = {
          sessionId,
          messageLength: 1,
          ...('userId' in golden_case && { userId: untagged(golden_case.userId) }),
        };
        analytics.trackUserMessage(message as { messageLength: number });
      });
    });
    expect(said).toEqual(warnings);
    if (kind === 'dropped') return expect(events).toEqual([]);

    const [event] = events;
    const expectedId = untagged(golden_case.distinct_id);
    expect(withPlaceholders(event?.distinct_id, expectedId)).toBe(expectedId);
    const expectedSession = 'session_id' in golden_case ? untagged(golden_case.session_id) : 'session-1';
    expect(withPlaceholders(event?.properties['session_id'], expectedSession)).toBe(expectedSession);
    expect(event?.properties['is_anonymous']).toBe(kind !== 'user');
    expect(event?.properties['$process_person_profile']).toBe(kind === 'anonymous' ? false : undefined);
    expect(event?.properties).toMatchObject(properties);
  });
});

describe('values.json', () => {
  const golden = read<{ name: string; value: unknown; wire?: unknown; absent?: true }>('values.json');

  it.each(golden.cases)('$name', async ({ value, wire, absent }) => {
    const { events } = await whatArrives(server, golden.settings, (analytics) => {
      analytics.capture('golden_value', { value: untagged(value), beside: 1 }, { userId: 'ada' });
    });
    const [event] = events;
    expect(event?.properties['beside']).toBe(1);
    if (isDepthCheck(wire)) {
      const json = JSON.stringify(event?.properties['value']);
      expect(json.match(/[[{]/g)?.length).toBeLessThan(wire.below);
      expect(json).toContain(wire.contains);
    } else if (absent) expect(event?.properties).not.toHaveProperty('value');
    else expect(event?.properties['value']).toEqual(untagged(wire));
  });
});

interface DepthCheck {
  readonly $check: 'depth';
  readonly below: number;
  readonly contains: string;
}

function isDepthCheck(wire: unknown): wire is DepthCheck {
  return typeof wire === 'object' && wire !== null && '$check' in wire;
}
