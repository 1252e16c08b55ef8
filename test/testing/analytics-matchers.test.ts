import { Test } from '@nestjs/testing';
import { AnalyticsContext, AnalyticsService, defineEvents } from 'nestjs-agent-analytics';
import {
  analyticsMatchers,
  AnalyticsRecorder,
  AnalyticsTestingModule,
  type AnalyticsMatchers,
} from 'nestjs-agent-analytics/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-empty-object-type -- as Vitest declares it
  interface Matchers<T = any> extends AnalyticsMatchers<T> {}
}

expect.extend(analyticsMatchers);

describe('toHaveTracked', () => {
  let module: Awaited<ReturnType<typeof start>>;
  let analytics: AnalyticsRecorder;
  let service: AnalyticsService;
  const start = (options = {}) =>
    Test.createTestingModule({ imports: [AnalyticsTestingModule.forRoot(options)] })
      .setLogger(false as never)
      .compile();
  beforeEach(async () => {
    module = await start();
    analytics = module.get(AnalyticsRecorder);
    service = module.get(AnalyticsService);
  });
  afterEach(() => module.close());

  const track = (tool: string, userId: string | null, sessionId: string, more: object = {}) =>
    AnalyticsContext.run({ sessionId, ...(userId !== null && { userId }) }, () =>
      service.capture('tool_used', { tool, ...more }),
    );
  /** What the failed assertion says. */
  const failure = (assert: () => void): string => {
    try {
      assert();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('it did not fail');
  };

  it('holds for an event with these properties, whatever else it has', () => {
    track('find', 'ada', 's1', { hits: 3, deep: { list: [1, { two: 2 }] } });
    expect(analytics).toHaveTracked('tool_used');
    expect(analytics).toHaveTracked('tool_used', { tool: 'find', hits: 3 });
    expect(analytics).toHaveTracked('tool_used', { deep: { list: [1, { two: 2 }] }, missing: undefined });
    expect(analytics).toHaveTracked('tool_used', { tool: expect.stringMatching(/^f/), hits: expect.any(Number) });
    expect(analytics).not.toHaveTracked('tool_used', { tool: 'search' });
    expect(analytics).not.toHaveTracked('tool_used', { deep: { list: [1] } });
    expect(analytics).not.toHaveTracked('tool_used', { tool: undefined });
    expect(analytics).not.toHaveTracked('tool_used', { toString: expect.any(Function) as unknown });
    expect(analytics).not.toHaveTracked('tool');
  });

  it('tells persons and sessions apart, and counts', () => {
    track('find', 'ada', 's1');
    track('find', 'ada', 's1');
    track('find', null, 's2');
    expect(analytics).toHaveTracked('tool_used', {}, { as: 'ada', session: 's1', times: 2 });
    expect(analytics).toHaveTracked('tool_used', { tool: 'find' }, { as: 'anonymous_s2' });
    expect(analytics).toHaveTracked('tool_used', {}, { as: expect.stringMatching(/^anonymous_/), times: 1 });
    expect(analytics).not.toHaveTracked('tool_used', {}, { as: 'ada', session: 's2' });
    expect(analytics).not.toHaveTracked('tool_used', {}, { times: 2 });
    expect(analytics).toHaveTracked('tool_used', { tool: 'search' }, { times: 0 });
  });

  it('is asked of the testing module too, and of nothing else', () => {
    track('find', 'ada', 's1');
    expect(module).toHaveTracked('tool_used');
    expect(failure(() => expect({}).toHaveTracked('tool_used'))).toMatch(/needs an AnalyticsRecorder/);
    expect(failure(() => expect(undefined).not.toHaveTracked('tool_used'))).toMatch(/needs an AnalyticsRecorder/);
  });

  it('says of each event of the name what is otherwise', () => {
    track('find', 'ada', 's1', { hits: 3 });
    track('search', 'ada', 's2');
    expect(failure(() => expect(analytics).toHaveTracked('tool_used', { tool: 'find', hits: 4 }, { session: 's1' })))
      .toBe(`Expected: tool_used
  with tool "find"
  with hits 4
  in session "s1"
But it was tracked twice, never like this:
  1. hits is 3
  2. tool is "search"; it has no hits; the session is "s2"`);
  });

  it('lists what was tracked where the name was not, and the name that is probably meant', () => {
    expect(failure(() => expect(analytics).toHaveTracked('used'))).toBe(
      'Expected: used\nBut nothing was tracked at all.',
    );
    track('find', 'ada', 's1');
    track('find', 'ada', 's1');
    service.capture('plan_upgraded');
    expect(failure(() => expect(analytics).toHaveTracked('toolUsed', undefined, { as: 'ada' }))).toBe(
      `Expected: toolUsed
  as "ada"
But it was never tracked. Did you mean tool_used? These were:
  tool_used, twice
  plan_upgraded, once`,
    );
  });

  it('says how often it was, where the number is wrong, and whose it was, where it should not be', () => {
    track('find', 'ada', 's1');
    track('search', 'ada', 's1');
    expect(failure(() => expect(analytics).toHaveTracked('tool_used', { tool: 'find' }, { times: 2 }))).toBe(
      `Expected: tool_used
  with tool "find"
  exactly twice
But it was tracked like this once, of 2 in all:
  1. as "ada", in session "s1"
  2. tool is "search"`,
    );
    expect(failure(() => expect(analytics).not.toHaveTracked('tool_used', { tool: 'find' }))).toBe(
      `Expected not: tool_used
  with tool "find"
But it was tracked like this once:
  1. as "ada", in session "s1"`,
    );
  });

  it('stays short and harmless with many events and hostile values', () => {
    for (let number = 0; number < 30; number++) track(`\u001b[31m${'x'.repeat(5_000)}\n`, 'ada', 's1', { number });
    const text = failure(() => expect(analytics).toHaveTracked('tool_used', { tool: 'find', number: 29 }));
    expect(text).toContain('30. tool is "\\u001b[31mxxx');
    expect(text).toContain('and 20 more');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text.length).toBeLessThan(4_000);
  });

  it('tells a violation of the catalog instead, where it is strict', async () => {
    const never = {
      '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues: [{ message: 'never' }] }) },
    };
    const strict = await start({ catalog: defineEvents({ plan_upgraded: never }), strict: true });
    strict.get(AnalyticsService).capture('plan_upgraded');
    expect(failure(() => expect(strict).toHaveTracked('plan_upgraded'))).toMatch(/NAA207/);
    await strict.close();
  });
});
