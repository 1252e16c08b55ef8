import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import type { AnalyticsContextValues } from '../../src/context/context-values.js';

const refuse = (): never => {
  throw new Error('not to be read');
};

/** What no application should give, and some will. */
const odd: [string, object][] = [
  [
    'a getter that throws',
    {
      get userId() {
        return refuse();
      },
    },
  ],
  [
    'a getter within properties that throws',
    {
      properties: {
        get plan() {
          return refuse();
        },
      },
    },
  ],
  ['a proxy that refuses', new Proxy({}, { ownKeys: refuse, get: refuse })],
  ['an id without a prototype', { userId: Object.create(null) as unknown, sessionId: Object.create(null) as unknown }],
  ['an id that has no text', { userId: { toString: refuse }, sessionId: { toString: 'x' } }],
  ['a symbol as an id', { userId: Symbol('ada') }],
  ['properties that are a number', { properties: 5 }],
  ['properties that are a text', { properties: 'x' }],
  ['properties that are a list', { properties: [1] }],
  ['properties that are null', { properties: null }],
  ['groups that are a number', { groups: 5 }],
  ['flags that are a text', { flags: 'x' }],
];

describe.each(odd)('values with %s', (_what, values) => {
  const whole = { userId: 'ada', sessionId: 's1', groups: { company: 'c1' }, properties: { plan: 'pro' }, flags: {} };
  const given = values as AnalyticsContextValues;

  it('keep no work from running, within others or around them', () => {
    expect(AnalyticsContext.run(whole, () => AnalyticsContext.run(given, () => 'ran'))).toBe('ran');
    expect(AnalyticsContext.run(given, () => AnalyticsContext.run(whole, () => AnalyticsContext.get()))).toMatchObject({
      userId: 'ada',
      properties: { plan: 'pro' },
    });
  });

  it('can be set', () => {
    AnalyticsContext.run(whole, () => AnalyticsContext.set(given));
    AnalyticsContext.run(given, () => AnalyticsContext.set(whole));
    expect(
      AnalyticsContext.run({}, () => (AnalyticsContext.set(given), JSON.stringify(AnalyticsContext.get()))),
    ).toMatch(/^\{/);
  });
});

describe('the values of a context', () => {
  it('are those that were given, whatever becomes of the objects', () => {
    const cart = { items: 1 };
    AnalyticsContext.run({ properties: { cart } }, () => {
      cart.items = 99;
      expect(AnalyticsContext.get().properties).toEqual({ cart: { items: 1 } });
    });
  });

  it('do not change with what get() returned', () => {
    const values = { groups: { company: 'acme' }, flags: { beta: true }, properties: { cart: { items: 1 } } };
    AnalyticsContext.run(values, () => {
      const job = AnalyticsContext.get() as typeof values;
      job.groups.company = 'globex';
      job.flags.beta = false;
      job.properties.cart.items = 99;
      expect(AnalyticsContext.get()).toMatchObject(values);
    });
  });

  it('are JSON, whatever was given', () => {
    const properties = { count: 1n, at: new Date(0) } as unknown as AnalyticsContextValues['properties'] & object;
    AnalyticsContext.run({ properties }, () => {
      expect(JSON.parse(JSON.stringify(AnalyticsContext.get()))).toMatchObject({
        properties: { count: '1', at: '1970-01-01T00:00:00.000Z' },
      });
    });
  });
});
