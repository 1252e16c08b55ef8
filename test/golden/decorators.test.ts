import { readFileSync } from 'node:fs';
import { lastValueFrom, isObservable } from 'rxjs';
import { AnalyticsContext, type AnalyticsContextValues, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInEvents } from '../../src/event/built-in-events.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { whatArrives, type WireEvent } from './golden-app.js';
import type { GoldenCopilot } from './golden-copilot.js';
import { withPlaceholders } from './placeholders.js';

// What stands in the file was written by hand from the contract; nothing here is made from the code.
interface Case {
  readonly name: string;
  readonly method: keyof GoldenCopilot;
  readonly args: readonly unknown[];
  readonly settings?: AnalyticsOptions;
  readonly context?: AnalyticsContextValues;
  readonly throws?: string;
  readonly warnings?: readonly string[];
  readonly never?: readonly string[];
  readonly events: readonly WireEvent[];
}
const golden = JSON.parse(readFileSync(new URL('decorator-events.json', import.meta.url), 'utf8')) as {
  settings: AnalyticsOptions;
  always: Record<string, unknown>;
  cases: Case[];
};

let server: PostHogServer;
beforeAll(async () => {
  server = await startPostHogServer();
});
afterAll(() => server.close());

describe('decorator-events.json', () => {
  it.each(golden.cases)(
    '$name',
    async ({ method, args, settings, context, throws, events, warnings = [], never = [] }) => {
      let thrown: string | undefined;
      const arrived = await whatArrives(server, { ...golden.settings, ...settings }, (_, copilot) =>
        AnalyticsContext.run(context ?? { userId: 'user_1', sessionId: 'session-1' }, async () => {
          try {
            const result = await (copilot[method] as (...args: readonly unknown[]) => unknown).apply(copilot, [
              ...args,
            ]);
            if (isObservable(result)) await lastValueFrom(result);
          } catch (error) {
            thrown = error instanceof DOMException ? error.name : (error as Error).constructor.name;
          }
        }),
      );
      const expected = events.map((event) => ({ ...event, properties: { ...golden.always, ...event.properties } }));
      expect(withPlaceholders(arrived.events, expected)).toEqual(expected);
      expect(thrown).toBe(throws);
      expect(arrived.warnings).toEqual(warnings);
      for (const text of never) expect(JSON.stringify([arrived.events, arrived.texts])).not.toContain(text);
    },
  );

  it('has a case of every event that a decorator emits', () => {
    const emitted = new Set(golden.cases.flatMap(({ events }) => events.map(({ event }) => event)));
    const byHandOnly = [
      'schedule_fired',
      'trigger_fired',
      'message_blocked',
      'response_stopped',
      'tool_decision',
      'feedback_given',
    ];
    const expected = Object.keys(builtInEvents).filter((event) => !byHandOnly.includes(event));
    expect(expected.filter((event) => !emitted.has(`copilot_${event}`))).toEqual([]);
  });
});
