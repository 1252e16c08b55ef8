import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import type { AnalyticsContextValues } from '../../src/context/context-values.js';
import { contextStorage, currentFrame } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';

const nobody = { userId: null, sessionId: null };
const untraced = { traceId: undefined, parentSpanId: undefined } as unknown as AnalyticsContextValues;

describe('AnalyticsContext.run', () => {
  it('gives its values to everything that it runs, awaited or timed, and nothing to what runs beside it', async () => {
    const inside = AnalyticsContext.run({ userId: 'ada', sessionId: 's1' }, async () => {
      await delay(1);
      return AnalyticsContext.get();
    });
    expect(AnalyticsContext.get()).toEqual({});
    expect(await inside).toEqual({ userId: 'ada', sessionId: 's1' });
  });

  it('returns what the function returns and throws what it throws', () => {
    expect(AnalyticsContext.run({}, () => 42)).toBe(42);
    expect(() =>
      AnalyticsContext.run({}, () => {
        throw new RangeError('no');
      }),
    ).toThrow(RangeError);
  });

  it('inherits what is not given', () => {
    const seen = AnalyticsContext.run({ userId: 'ada', surface: 'web', groups: { company: 'c1' } }, () =>
      AnalyticsContext.run({ sessionId: 's1' }, () => AnalyticsContext.get()),
    );
    expect(seen).toEqual({ userId: 'ada', sessionId: 's1', surface: 'web', groups: { company: 'c1' } });
  });

  it('gives another user nothing of who the first one was', () => {
    const first = {
      userId: 'ada',
      sessionId: 's1',
      webSessionId: 'w1',
      groups: { company: 'c1' },
      properties: { plan: 'pro' },
      traceId: 't1',
      parentSpanId: 'p1',
      flags: { beta: true },
      surface: 'web',
    };
    const seen = AnalyticsContext.run(first, () =>
      AnalyticsContext.run({ userId: 'bob' }, () => AnalyticsContext.get()),
    );
    expect(seen).toEqual({ userId: 'bob', sessionId: null, surface: 'web' });
  });

  it('starts another session outside the trace of the first', () => {
    const around = { userId: 'ada', sessionId: 's1', groups: { team: 'x' }, traceId: 't1', parentSpanId: 'p1' };
    const seen = AnalyticsContext.run(around, () =>
      AnalyticsContext.run({ userId: 'ada', sessionId: 's2' }, () => AnalyticsContext.get()),
    );
    expect(seen).toEqual({ userId: 'ada', sessionId: 's2', groups: { team: 'x' } });
  });

  const ada = { userId: 'ada', sessionId: 's1', groups: { team: 'x' }, traceId: 't1', parentSpanId: 'p1' };
  const visitor = { sessionId: 'v', anonymousId: 'a', webSessionId: 'w', properties: { plan: 'free' } };
  it.each<[string, AnalyticsContextValues, AnalyticsContextValues, AnalyticsContextValues]>([
    ['a visitor beneath a user', ada, { userId: null, sessionId: 'v' }, { userId: null, sessionId: 'v' }],
    ['nobody beneath a user', ada, { userId: null }, { userId: null, sessionId: null }],
    ['another session of nobody in particular', ada, { sessionId: 'v' }, { userId: null, sessionId: 'v' }],
    ['the user without a session', ada, { userId: 'ada', sessionId: null }, { ...ada, sessionId: null, ...untraced }],
    ['another visitor', visitor, { userId: null, sessionId: 'z' }, { userId: null, sessionId: 'z' }],
    ['a user beneath a visitor', visitor, { userId: 'ada', sessionId: 's1' }, { userId: 'ada', sessionId: 's1' }],
    ['the visitor who signs in', visitor, { userId: 'ada' }, { ...visitor, userId: 'ada' }],
    ['the same visitor', visitor, { userId: null, sessionId: 'v' }, { ...visitor, userId: null }],
  ])('gives its own person to %s', (_, around, values, expected) => {
    const seen = AnalyticsContext.run(around, () => AnalyticsContext.run(values, () => AnalyticsContext.get()));
    expect(seen).toEqual(expected);
  });

  it.each([ada, visitor])('takes a job of %j for what it was, whatever it runs beneath', (person) => {
    const queue = AnalyticsContext.run(person, () => JSON.stringify(AnalyticsContext.get()));
    const job = JSON.parse(queue) as AnalyticsContextValues;
    const others = { userId: 'bob', sessionId: 's9', groups: { team: 'y' }, anonymousId: 'b', properties: { a: 1 } };
    expect(AnalyticsContext.run(others, () => AnalyticsContext.run(job, () => AnalyticsContext.get()))).toEqual(job);
  });

  it('survives a queue: get() is plain JSON that run() takes back', () => {
    const values = AnalyticsContext.run({ userId: 'ada', sessionId: 's1', traceId: 't1' }, () =>
      AnalyticsContext.get(),
    );
    const restored = AnalyticsContext.run(JSON.parse(JSON.stringify(values)) as typeof values, () =>
      AnalyticsContext.get(),
    );
    expect(restored).toEqual({ userId: 'ada', sessionId: 's1', traceId: 't1' });
  });

  it('takes numbers and bigints as ids, and anything that is no object as no values', () => {
    const numeric = { userId: 7, sessionId: 8n } as never;
    expect(AnalyticsContext.run(numeric, () => AnalyticsContext.get())).toEqual({ userId: '7', sessionId: '8' });
    for (const nothing of [undefined, null, 'ada', 3] as never[]) {
      expect(AnalyticsContext.run(nothing, () => AnalyticsContext.get())).toEqual(nobody);
    }
  });

  it('keeps its own copy: what the caller changes later is not seen', () => {
    const groups: Record<string, string> = { company: 'c1' };
    AnalyticsContext.run({ userId: 'ada', groups }, () => {
      groups['company'] = 'c2';
      expect(AnalyticsContext.get().groups).toEqual({ company: 'c1' });
    });
  });
});

describe('AnalyticsContext.set', () => {
  it('says another trigger than the chat that a request is taken for, once', () => {
    const request = new Frame(undefined, {}, undefined, () => ({ trigger: 'chat' }));
    contextStorage.run(request, () => {
      AnalyticsContext.set({ trigger: 'webhook', triggerRef: 'hook-1' });
      AnalyticsContext.set({ trigger: 'api' });
      expect(AnalyticsContext.get()).toEqual({ ...nobody, trigger: 'webhook', triggerRef: 'hook-1' });
    });
  });

  it('fills in what is absent and keeps what is there', () => {
    AnalyticsContext.run({ sessionId: 's1' }, () => {
      AnalyticsContext.set({ userId: 'ada', properties: { plan: 'pro' } });
      AnalyticsContext.set({ properties: { plan: 'free', team: 'x' } });
      expect(AnalyticsContext.get()).toEqual({
        userId: 'ada',
        sessionId: 's1',
        properties: { plan: 'pro', team: 'x' },
      });
    });
  });

  it.each(['userId', 'sessionId'] as const)('refuses a second, different %s and marks the frame', (key) => {
    AnalyticsContext.run({ userId: 'ada', sessionId: 's1' }, () => {
      AnalyticsContext.set({ [key]: 'other', surface: 'slack' });
      expect(AnalyticsContext.get()).toEqual({ userId: 'ada', sessionId: 's1' });
      expect(currentFrame()?.refused).toBe(key);
    });
  });

  it('never writes into values that a call has begun with', () => {
    AnalyticsContext.run({}, () => {
      const begunWith = currentFrame()?.values;
      AnalyticsContext.set({ userId: 'ada' });
      expect(begunWith).toEqual({});
    });
  });

  it('can withdraw consent, and no one beneath can give it back', () => {
    AnalyticsContext.run({ track: true }, () => {
      AnalyticsContext.set({ track: false });
      AnalyticsContext.set({ track: true });
      expect(AnalyticsContext.get().track).toBe(false);
      expect(AnalyticsContext.run({ userId: 'ada' }, () => AnalyticsContext.get().track)).toBe(false);
      expect(AnalyticsContext.run({ track: true }, () => AnalyticsContext.get().track)).toBe(false);
    });
  });

  it('does nothing outside any context', () => {
    AnalyticsContext.set({ userId: 'ada' });
    expect(AnalyticsContext.get()).toEqual({});
  });
});

describe('a frame whose carrier is still to name its user', () => {
  it('asks until there is a user, then no more', () => {
    let user: string | undefined;
    let asked = 0;
    const source = () => {
      asked++;
      return user === undefined ? undefined : { userId: user };
    };
    contextStorage.run(new Frame(undefined, { sessionId: 's1' }, undefined, source), () => {
      expect(AnalyticsContext.get()).toEqual({ sessionId: 's1', userId: null });
      user = 'ada';
      expect(AnalyticsContext.get()).toEqual({ sessionId: 's1', userId: 'ada' });
      user = 'mallory';
      expect(AnalyticsContext.get().userId).toBe('ada');
      expect(asked).toBe(2);
    });
  });
});
