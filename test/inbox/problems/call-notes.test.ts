import { channel } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallNotes } from '../../../src/inbox/problems/call-notes.js';
import { FakeClock } from '../../support/fake-clock.js';

describe('CallNotes', () => {
  let notes: CallNotes;
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
    notes = new CallNotes(clock);
    notes.listen();
  });
  afterEach(() => notes.close());
  const tell = (name: string, message: unknown): void => channel(`nestjs-agent-analytics:${name}`).publish(message);

  it('counts by kind and name, the most frequent first, with the first and the last time', () => {
    const firstAt = clock.now();
    tell('refused', { reason: 'when', source: 'A.a' });
    clock.advance(5_000);
    tell('refused', { reason: 'when', source: 'B.b' });
    tell('refused', { reason: 'when', source: 'B.b' });
    expect(notes.of('refused:when')).toEqual({
      count: 3,
      firstAt,
      lastAt: firstAt + 5_000,
      names: [
        { event: null, source: 'B.b', count: 2 },
        { event: null, source: 'A.a', count: 1 },
      ],
    });
    expect([notes.hasFired('A.a'), notes.hasFired('C.c')]).toEqual([true, false]);
  });

  it('keeps a bounded number of names, and counts on', () => {
    const long = 'x'.repeat(100_000);
    for (let number = 0; number < 20_000; number++) {
      tell('refused', { reason: 'when', source: `A${number}.a`, event: long + number });
      tell('dropped', { reason: `reason ${number} ${long}`, event: `e${number}` });
    }
    const noted = notes.of('refused:when');
    expect([noted?.count, noted?.names.length, notes.kinds.length]).toEqual([20_000, 500, 500]);
    expect(JSON.stringify(notes.kinds.map((kind) => notes.of(kind))).length).toBeLessThan(1_000_000);
  });

  it('is not broken by what others say on the channels, and hears nothing after its end', () => {
    for (const message of [undefined, null, 7, 'text', {}, { reason: 3, source: {}, event: [] }]) {
      for (const name of ['accepted', 'refused', 'dropped', 'untracked']) tell(name, message);
    }
    expect(notes.hasAnyFired).toBe(false);
    notes.close();
    tell('refused', { reason: 'later' });
    expect(notes.of('refused:later')).toBeUndefined();
  });
});
