import type { IngestedEvent } from '../support/posthog-server.js';
import type { OddEvent } from './subject.js';
import { eventName } from './tally.js';

/** One thing that JSON can't carry, or that PostHog refuses. */
export interface Poison {
  readonly name: string;
  /** A property of the event. */
  readonly value?: () => unknown;
  /** Something about the event itself. */
  readonly odd?: OddEvent;
  /** What arrives in the value's place; absent: nothing does. */
  readonly mended?: unknown;
  /** Judges instead of `mended`, where that does not say it. */
  readonly looks?: (event: IngestedEvent) => boolean;
  /** It can't be mended. */
  readonly isDropped?: boolean;
}

export const poisons: readonly Poison[] = [
  { name: 'undefined', value: () => undefined },
  { name: 'a function', value: () => () => 1 },
  { name: 'a symbol', value: () => Symbol('s') },
  { name: 'a BigInt', value: () => 10n, mended: '10' },
  { name: 'a circle', value: circle, mended: { self: '[Circular]' } },
  { name: 'an invalid date', value: () => new Date(NaN), mended: null },
  { name: 'NaN', value: () => NaN, mended: null },
  { name: 'Infinity', value: () => Infinity, mended: null },
  { name: 'a lone surrogate', value: () => 'a\ud800b', mended: 'a\ufffdb' },
  { name: 'a lone surrogate in a key', value: () => ({ 'a\ud800b': 1 }), mended: { 'a\ufffdb': 1 } },
  { name: 'a throwing getter', value: throwing, mended: { bad: '[Threw]', good: 1 } },
  {
    name: 'a throwing toJSON',
    value: () => ({ toJSON: () => raise() }),
    mended: '[Threw]',
  },
  { name: 'a revoked proxy', value: revoked, mended: '[Threw]' },
  {
    name: 'an own __proto__',
    value: () => JSON.parse('{"__proto__":{"admin":true}}') as unknown,
    mended: JSON.parse('{"__proto__":{"admin":true}}') as unknown,
  },
  {
    name: 'nesting of 200',
    value: () => Array.from({ length: 200 }).reduce((inner) => ({ inner }), 'bottom'),
    looks: ({ properties }) => JSON.stringify(properties).includes('[Truncated]'),
  },
  {
    name: 'a text of 2 MB',
    value: () => 'x'.repeat(2_000_000),
    looks: ({ properties }) => String(properties['value']).length < 990_000,
  },
  { name: 'an empty name', odd: { event: '' }, isDropped: true },
  { name: 'a blank name', odd: { event: ' \t' }, isDropped: true },
  {
    name: 'a lone surrogate in the name',
    odd: { event: `${eventName}\ud800` },
    looks: ({ event }) => event === `${eventName}\ufffd`,
  },
  {
    name: 'a blank user id',
    odd: { distinctId: '  ' },
    looks: ({ distinct_id: id, properties }) => id.trim() !== '' && properties['is_anonymous'] === true,
  },
  {
    name: 'a malformed uuid',
    odd: { uuid: 'x' },
    looks: ({ uuid }) => /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(uuid),
  },
  { name: 'an invalid time', odd: { time: NaN }, looks: ({ time }) => Math.abs(Date.now() - time) < 60_000 },
];

function circle(): unknown {
  const made: Record<string, unknown> = {};
  made['self'] = made;
  return made;
}

function throwing(): unknown {
  return {
    get bad(): never {
      return raise();
    },
    good: 1,
  };
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function raise(): never {
  throw new Error('never');
}
