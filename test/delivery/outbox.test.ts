import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../src/delivery/batch.js';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { MemoryStore } from '../../src/delivery/memory-store.js';
import { Outbox } from '../../src/delivery/outbox.js';

const stored = (order: number): StoredEvent => ({
  json: '{}',
  bytes: 10,
  lane: 'batch',
  order,
  acceptedAt: order,
  source: undefined,
});
const ordersOf = (batch: Batch | undefined) => batch?.events.map((event) => event.order);

describe('Outbox', () => {
  let store: MemoryStore;
  let outbox: Outbox;
  let orders = 0;
  beforeEach(() => {
    store = new MemoryStore({ events: 10_000, bytes: 1_000_000 });
    outbox = new Outbox(store, 'batch');
    orders = 0;
  });
  const append = (count: number) => void store.append(Array.from({ length: count }, () => stored(++orders)));
  const take = (accepted = 0) => outbox.next(accepted, true) as Batch;

  it('gives less than a full batch only where that is asked for', () => {
    append(99);
    expect(outbox.next(0, false)).toBeUndefined();
    append(2);
    expect(outbox.next(0, false)?.events).toHaveLength(100);
    expect(outbox.next(0, false)).toBeUndefined();
    expect(ordersOf(outbox.next(0, true))).toEqual([101]);
  });

  it('gives what came back first, in its order, before fresh events', () => {
    append(300);
    const [first, second] = [take(), take()];
    outbox.putBack(second);
    outbox.putBack(first);
    expect([take(), take(), ordersOf(take())?.[0]]).toEqual([first, second, 201]);
  });

  it('splits a batch into two that keep their place', () => {
    append(105);
    const [first, second] = [take(), take()];
    outbox.putBack(second);
    first.refusedAt = 7;
    outbox.split(first);
    const halves = [take(7), take(7)];
    expect(halves.map((half) => ordersOf(half)?.[0])).toEqual([1, 51]);
    expect(halves.map((half) => [half.events.length, half.refusedAt, half.bytes])).toEqual([
      [50, 7, 500],
      [50, 7, 500],
    ]);
    expect(take(7)).toBe(second);
  });

  it('lets an event wait that was refused alone while none was accepted, behind all others', () => {
    append(1);
    const suspect = take();
    suspect.refusedAloneAt = 0;
    outbox.putBack(suspect);
    append(1);
    const other = take(0);
    expect(ordersOf(other)).toEqual([2]);
    expect(take(0)).toBe(suspect);
    outbox.putBack(suspect);
    outbox.putBack(other);
    // Now that another has been accepted it has its place again.
    expect(take(1)).toBe(suspect);
  });

  it('tries suspects in turn', () => {
    append(3);
    const three = take();
    outbox.split(three);
    outbox.split(take());
    const tried = Array.from({ length: 6 }, () => {
      const next = take();
      next.refusedAloneAt = 0;
      next.attempts++;
      outbox.putBack(next);
      return ordersOf(next)?.[0];
    });
    expect(tried).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('lets others try when a batch has failed three times and none was accepted, four at the most', () => {
    append(600);
    const tried = Array.from({ length: 16 }, () => {
      const next = take(7);
      next.attempts++;
      next.failedNow(7, false);
      outbox.putBack(next);
      return ordersOf(next)?.[0];
    });
    expect(tried).toEqual([1, 1, 1, 101, 101, 101, 201, 201, 201, 301, 301, 301, 1, 101, 201, 301]);
    expect(ordersOf(take(8))?.[0]).toBe(1);
  });

  it('makes smaller batches of fresh events where the endpoint finds them too large, and larger ones again', () => {
    append(1_000);
    const tooLarge = (events: number) => {
      const batch = take();
      expect(batch.events).toHaveLength(events);
      outbox.tooLarge(batch);
      outbox.settle(batch);
    };
    tooLarge(100);
    tooLarge(50);
    // 250 bytes hold 25 of ten; the batch that was found too large counts as accepted above.
    for (let accepted = 1; accepted < 100; accepted++) {
      append(25);
      const batch = take();
      expect(batch.events).toHaveLength(25);
      outbox.settle(batch);
    }
    expect(take().events).toHaveLength(50);
  });

  it('makes no smaller batches because of one event that is too large alone', () => {
    append(1);
    outbox.tooLarge(take());
    append(100);
    expect(take().events).toHaveLength(100);
  });

  it('counts what waits and what is under way, and knows the oldest', () => {
    append(150);
    const first = take();
    expect(outbox).toMatchObject({ eventsInFlight: 100, eventsWaiting: 50, freshEvents: 50, oldest: 1 });
    outbox.putBack(first);
    expect(outbox).toMatchObject({ eventsInFlight: 0, eventsWaiting: 150, oldest: 1 });
    outbox.settle(take());
    expect(outbox).toMatchObject({ eventsWaiting: 50, oldest: 101 });
    outbox.bury(take(), 'HTTP 400');
    expect(outbox).toMatchObject({ eventsWaiting: 0, oldest: Infinity });
    expect(store.eventsInMemory).toBe(0);
  });

  it('lets go of all that was taken, oldest first, once', () => {
    append(350);
    const [first, second] = [take(), take()];
    outbox.putBack(second);
    expect(outbox.releaseTaken().map(({ order }) => order)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(outbox.releaseTaken()).toEqual([]);
    outbox.settle(first);
    outbox.putBack(first);
    expect(outbox).toMatchObject({ eventsWaiting: 150, eventsInFlight: 0 });
  });
});
