import { describe, expect, it } from 'vitest';
import type { EventSink } from '../../src/delivery/event-sink.js';
import { sinkName, Taps } from '../../src/delivery/taps.js';
import { Spoken } from '../support/spoken.js';

const refuse = (): never => {
  throw new Error('not to be read');
};

const noSinks: [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an object without write()', {}],
  ['one whose write cannot be read', Object.defineProperty({}, 'write', { get: refuse })],
  ['a proxy that refuses', new Proxy({}, { get: refuse })],
];

describe.each(noSinks)('%s as a sink', (_what, none) => {
  it('is left out, told once, and keeps the others from nothing', () => {
    const reporter = new Spoken();
    const taps = new Taps(reporter);
    const shown: unknown[] = [];
    const removes = [taps.add(none as EventSink), taps.add(none as EventSink)];
    taps.add({ write: (events) => void shown.push(events) });
    taps.write([]);
    for (const remove of removes) remove();
    expect(shown).toEqual([[]]);
    expect(reporter.codes).toEqual(['NAA311']);
  });
});

it('A sink has a name for messages, whatever it is', () => {
  class Console {
    write = (): void => undefined;
  }
  const odd: unknown[] = [undefined, {}, Object.create(null), { constructor: { name: Symbol('x') } }, noSinks[4]?.[1]];
  expect([new Console(), ...odd].map((sink) => sinkName(sink as EventSink))).toEqual([
    'Console',
    ...odd.map(() => 'A sink'),
  ]);
});
