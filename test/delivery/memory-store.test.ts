import { describe, expect, it } from 'vitest';
import type { Lane, StoredEvent } from '../../src/delivery/event-store.js';
import { MemoryStore } from '../../src/delivery/memory-store.js';

const stored = (order: number, bytes = 10, lane: Lane = 'batch'): StoredEvent => ({
  json: '{}',
  bytes,
  lane,
  order,
  acceptedAt: order,
  source: undefined,
});
const limit = { events: 3, bytes: 100 };

describe('MemoryStore', () => {
  it('gives the oldest events of a lane, within the limit of a batch', () => {
    const store = new MemoryStore({ events: 100, bytes: 10_000 });
    store.append([1, 2, 3, 4].map((order) => stored(order)));
    expect(store.take('batch', limit).map((event) => event.order)).toEqual([1, 2, 3]);
    expect(store.take('batch', limit).map((event) => event.order)).toEqual([4]);
    expect(store.take('batch', limit)).toEqual([]);
  });

  it('stops at the bytes of a batch, but gives an event that is larger alone', () => {
    const store = new MemoryStore({ events: 100, bytes: 10_000 });
    store.append([stored(1, 60), stored(2, 50), stored(3, 500)]);
    const orders = () => store.take('batch', limit).map((event) => event.order);
    expect([orders(), orders(), orders()]).toEqual([[1], [2], [3]]);
  });

  it('keeps the lanes apart', () => {
    const store = new MemoryStore({ events: 100, bytes: 10_000 });
    store.append([stored(1), stored(2, 30, 'ai'), stored(3)]);
    expect(store.waiting('ai')).toEqual({ events: 1, bytes: 30 });
    expect(store.oldestWaiting('ai')).toBe(2);
    expect(store.take('batch', limit).map((event) => event.order)).toEqual([1, 3]);
    expect(store.oldestWaiting('batch')).toBeUndefined();
  });

  it('holds an event until it is settled or buried, also while it is taken', () => {
    const store = new MemoryStore({ events: 100, bytes: 10_000 });
    store.append([stored(1), stored(2), stored(3)]);
    const [first, second] = store.take('batch', limit);
    expect(store).toMatchObject({ eventsInMemory: 3, bytesInMemory: 30 });
    store.settle([first as StoredEvent]);
    store.bury([second as StoredEvent]);
    expect(store).toMatchObject({ eventsInMemory: 1, bytesInMemory: 10 });
  });

  it('drops the newest, and says which, beyond its events and beyond its bytes', () => {
    const store = new MemoryStore({ events: 3, bytes: 100 });
    expect(store.append([stored(1, 40), stored(2, 70), stored(3, 60)]).map((event) => event.order)).toEqual([2]);
    expect(store.append([stored(4, 0), stored(5, 0)]).map((event) => event.order)).toEqual([5]);
    store.settle(store.take('batch', limit));
    expect(store.append([stored(6)])).toEqual([]);
  });
});
