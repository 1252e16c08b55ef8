import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

const fail = (): never => {
  throw new RangeError('secret');
};

describe('the callbacks of a decorator', () => {
  it('are told of the call, and what they return is copied', async () => {
    const target = new CollectingTarget();
    const list = [1];
    let told: unknown;
    const run = trackedRun(
      target,
      async (a: number, b: string) => ({ sum: a + b.length }),
      TrackToolCall<(a: number, b: string) => Promise<{ sum: number }>>({
        properties: (call) => {
          told = call;
          return { sum: call.result.sum, list, tool_name: 'renamed', outcome: 'mine' };
        },
      }),
    );
    await AnalyticsContext.run({ userId: 'u1' }, () => run(1, 'two'));
    list.push(2);
    expect(told).toMatchObject({
      args: [1, 'two'],
      result: { sum: 4 },
      error: undefined,
      context: { userId: 'u1' },
      outcome: 'success',
    });
    expect((told as { instance: object }).instance.constructor.name).toBe('Tools');
    // What a caller passes wins over what the decorator found, not over what was measured.
    expect(target.only.properties).toMatchObject({ sum: 4, list: [1], tool_name: 'renamed' });
    expect(target.properties.outcome).toBe('success');
  });

  it('for errors are told of the error, and asked for every outcome but success and queued', () => {
    const target = new CollectingTarget();
    const errorProperties = (call: { error: unknown; outcome: unknown; abortReason: unknown; result: unknown }) => ({
      seen: [String(call.error), call.outcome, call.abortReason, call.result],
    });
    const properties = () => ({ good: true });
    expect(trackedRun(target, fail, TrackToolCall({ properties, errorProperties }))).toThrow();
    const outcome = () => 'interrupted' as const;
    trackedRun(target, () => 1, TrackToolCall({ properties, errorProperties, outcome }))();
    trackedRun(target, () => 1, TrackToolCall({ properties, errorProperties, outcome: () => 'queued' }))();
    expect(target.records.map(({ properties: { seen, good } }) => seen ?? good)).toEqual([
      ['RangeError: secret', 'error', null, null],
      ['undefined', 'interrupted', null, 1],
      true,
    ]);
  });

  it('name the user and the session for the event and for all that the call does', async () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, () => 1);
    const send = trackedRun(
      target,
      async (userId: string, _room: number) => {
        await Promise.resolve();
        tool();
        return userId;
      },
      TrackMessage<(userId: string, room: number) => Promise<string>>({
        message: () => 'hi',
        userId: ({ args }) => args[0],
        sessionId: ({ args }) => args[1],
      }),
    );
    await AnalyticsContext.run({ userId: 'other', surface: 'slack' }, () => send('u1', 7));
    const [sent, called, completed] = target.records;
    for (const record of [sent, completed]) expect(record).toMatchObject({ userId: 'u1', sessionId: 7 });
    expect(called?.context).toMatchObject({ userId: 'u1', sessionId: '7', surface: 'slack' });
  });

  it('may name them by the result, which is there at the end only', async () => {
    const target = new CollectingTarget();
    const run = trackedRun(
      target,
      async () => ({ session: 's1' }),
      TrackAgentRun<() => Promise<{ session: string }>>({
        userId: () => null,
        sessionId: ({ result }) => (result as { session: string }).session,
      }),
    );
    await AnalyticsContext.run({ userId: 'u1' }, run);
    expect(target.only).toMatchObject({ userId: null, sessionId: 's1' });
    expect(target.reporter.codes).toEqual([]);
  });

  it('make retellings one event by dedupKey', () => {
    const target = new CollectingTarget();
    for (const key of ['k1', 7, undefined, null]) {
      trackedRun(target, () => 1, Track('own', { dedupKey: () => key as string }))();
    }
    expect(target.records.map((record) => record.dedupKey)).toEqual(['k1', '7', undefined, undefined]);
  });

  it('silence a call by when, counted at each of its moments', () => {
    const target = new CollectingTarget();
    const options = { when: ({ args }: { args: readonly unknown[] }) => args[0] !== 'quiet' };
    const tool = trackedRun(target, (..._args: unknown[]) => 1, TrackToolCall(options));
    const send = trackedRun(
      target,
      (...args: unknown[]) => tool(...args),
      TrackMessage({ ...options, message: () => 'hi' }),
    );
    expect(send('quiet')).toBe(1);
    expect(target.events).toEqual([]);
    expect(target.refused).toEqual(['when', 'when', 'when']);
    send('loud');
    expect(target.of('copilot_response_completed')[0]?.measured?.tool_calls).toBe(1);
    expect(target.events).toHaveLength(3);
  });

  it.each(['properties', 'outcome', 'userId', 'sessionId', 'dedupKey', 'when'])(
    'that throw leave the result and the event as they are, told once: %s',
    (name) => {
      const target = new CollectingTarget();
      const run = trackedRun(target, () => 'result', TrackToolCall({ [name]: fail }));
      AnalyticsContext.run({ userId: 'u1' }, () => {
        expect(run()).toBe('result');
        expect(run()).toBe('result');
      });
      expect(target.records).toHaveLength(2);
      expect(target.records[0]?.measured?.outcome).toBe('success');
      expect(target.reporter.codes).toEqual(['NAA102']);
      expect(target.reporter.text).toContain(`The ${name} callback of Tools.run threw RangeError`);
      expect(target.reporter.text).not.toContain('secret');
    },
  );

  it('that throw for an error leave that error as it is', () => {
    const target = new CollectingTarget();
    const failure = new Error('mine');
    const run = trackedRun(
      target,
      () => {
        throw failure;
      },
      TrackToolCall({ errorProperties: fail }),
    );
    expect(run).toThrow(failure);
    expect(target.only.measured).toMatchObject({ outcome: 'error', error_type: 'Error' });
  });

  it("that return a promise are told once, and its failure is nobody's", async () => {
    const target = new CollectingTarget();
    const properties = async () => Promise.reject(new Error('late'));
    const run = trackedRun(target, () => 1, TrackToolCall({ properties: properties as never }));
    AnalyticsContext.run({}, () => (run(), run()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(target.records[0]?.properties).not.toHaveProperty('then');
    expect(target.reporter.codes).toEqual(['NAA103']);
  });

  it('that answer with no outcome are told once', () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, () => 1, TrackToolCall({ outcome: () => 'failed' as never }));
    AnalyticsContext.run({}, () => (run(), run()));
    expect(target.records[0]?.measured?.outcome).toBe('success');
    expect(target.reporter.codes).toEqual(['NAA114']);
  });

  it('see what has a result as the result: the last value, the return value', async () => {
    const { lastValueFrom, of } = await import('rxjs');
    const target = new CollectingTarget();
    const properties = ({ result }: { result: unknown }) => ({ result });
    await lastValueFrom(trackedRun(target, () => of(1, 2), TrackToolCall({ properties }))());
    const generator = trackedRun(
      target,
      function* () {
        yield 1;
        return 'done';
      },
      TrackToolCall({ properties }),
    );
    expect([...generator()]).toEqual([1]);
    expect(target.records.map((record) => record.properties.result)).toEqual([2, 'done']);
  });
});

it('A blank id names nobody: the call is the context’s, as is what it does inside', () => {
  const target = new CollectingTarget();
  const inner = trackedRun(target, () => 1);
  const blank = TrackToolCall({ userId: () => ' ', sessionId: () => '' });
  AnalyticsContext.run(
    { userId: 'ada', sessionId: 's1' },
    trackedRun(target, () => inner(), blank),
  );
  const people = target.records.map(({ userId, sessionId, context }) => [
    userId ?? context.userId,
    sessionId ?? context.sessionId,
  ]);
  expect(people).toEqual([
    ['ada', 's1'],
    ['ada', 's1'],
  ]);
});
