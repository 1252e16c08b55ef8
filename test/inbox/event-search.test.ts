import { describe, expect, it } from 'vitest';
import { searchEvents } from '../../src/inbox/event-search.js';
import { EventStore } from '../../src/inbox/event-store.js';
import { sampleEvent } from './sample-events.js';

describe('searchEvents', () => {
  const store = new EventStore(1_000, 1e9);
  store.add(sampleEvent({ event: 'plan_upgraded', distinctId: 'Anna', properties: { note: 'say "hi"\nC:\\temp' } }));
  store.add(
    sampleEvent({ properties: { session_id: 's2', outcome: 'error', price: 'a.b*c (10 €)' } }),
    'Tools.findAgent',
  );
  const find = async (filter: Parameters<typeof searchEvents>[1], after = 0): Promise<readonly number[]> =>
    (await searchEvents(store, filter, after)).found;

  it.each<[text: string, found: number[]]>([
    ['PLAN_upgr', [1]],
    ['anna', [1]],
    ['"hi"', [1]],
    ['hi"\nC', [1]],
    ['C:\\temp', [1]],
    ['a.b*c (10 €)', [2]],
    ['aXb', []],
    ['session_id', [1, 2]],
    ['findagent', [2]],
    ['nowhere', []],
  ])('finds %j anywhere in an event', async (text, found) => {
    expect(await find({ text })).toEqual(found);
  });

  it('asks that all of a filter holds', async () => {
    expect(await find({ session: 's2' })).toEqual([2]);
    expect(await find({ session: 's2', outcome: 'success' })).toEqual([]);
    expect(await find({ person: 'Anna', event: 'plan_upgraded', session: 's1' })).toEqual([1]);
  });

  it('goes on behind what was looked at', async () => {
    expect(await searchEvents(store, { text: 'session_id' }, 1)).toMatchObject({ found: [2], through: 2 });
  });

  it('looks through 10,000 events without holding up the application', async () => {
    const large = new EventStore(10_000, 1e9);
    for (let count = 0; count < 10_000; count++) large.add(sampleEvent({ properties: { text: 'x'.repeat(2_000) } }));
    let longest = 0;
    let last = performance.now();
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const { found } = await searchEvents(large, { text: 'nothing has this' }, 0);
    clearInterval(ticks);
    expect(found).toEqual([]);
    expect(longest).toBeLessThan(100);
  });
});
