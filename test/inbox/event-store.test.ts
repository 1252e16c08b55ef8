import { describe, expect, it } from 'vitest';
import { EventStore } from '../../src/inbox/event-store.js';
import { sampleEvent } from './sample-events.js';

const MB = 1024 * 1024;

describe('EventStore', () => {
  it('keeps the newest by count', () => {
    const store = new EventStore(3, MB);
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.add(sampleEvent({ event: name }));
    expect(store.newest(10).map(({ seq }) => seq)).toEqual([5, 4, 3]);
    expect(store.get(2)).toBeUndefined();
    expect(store.get(3)?.json).toContain('"event":"c"');
    expect(store.oldest).toBe(3);
  });

  it('keeps no more bytes than its bound, whatever comes', () => {
    const store = new EventStore(10_000, MB);
    for (let size = 0; size < 200; size++) {
      store.add(sampleEvent({ properties: { text: 'ü'.repeat(size * 700) } }));
      expect(store.usedBytes).toBeLessThanOrEqual(MB);
    }
    expect(store.size).toBeLessThan(10);
  });

  it('keeps the newest alone where it is larger than all', () => {
    const store = new EventStore(10, MB);
    store.add(sampleEvent());
    store.add(sampleEvent({ properties: { text: 'x'.repeat(2 * MB) } }));
    expect(store.newest(10).map(({ seq }) => seq)).toEqual([2]);
  });

  it('forgets the uuid of what is gone', () => {
    const store = new EventStore(1, MB);
    const first = sampleEvent();
    store.add(first);
    store.add(sampleEvent());
    expect(store.find(first.uuid)).toBeUndefined();
  });

  it('tells a reader exactly what follows the version that it knows', () => {
    const store = new EventStore(100, MB);
    const early = store.add(sampleEvent());
    const { version } = store;
    const late = store.add(sampleEvent());
    store.settle(early, 'delivered', null, null);
    store.settle(late, 'delivered', null, null);
    expect(store.since(version, 100)).toMatchObject({ added: [late], changed: [early], hasGap: false, version: 4 });
    expect(store.since(4, 100)).toMatchObject({ added: [], changed: [] });
  });

  it('gives a reader that is far behind everything once, in portions', () => {
    const store = new EventStore(100, MB);
    for (let count = 0; count < 25; count++) store.add(sampleEvent());
    const seen: number[] = [];
    for (let version = 0; version < store.version;) {
      const change = store.since(version, 10);
      seen.push(...change.added.map(({ seq }) => seq));
      version = change.version;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('tells of a gap where events came and went since', () => {
    const store = new EventStore(2, MB);
    store.add(sampleEvent());
    for (let count = 0; count < 3; count++) store.add(sampleEvent());
    expect(store.since(1, 100).hasGap).toBe(true);
    expect(store.since(2, 100).hasGap).toBe(false);
  });

  it('does not undo what is settled by a late "held"', () => {
    const store = new EventStore(10, MB);
    const event = store.add(sampleEvent());
    store.settle(event, 'delivered', null, 'Chat.send');
    store.settle(event, 'held', 'backoff', null);
    expect(event).toMatchObject({ fate: 'delivered', reason: null, source: 'Chat.send' });
  });

  it('says what was cleared, and is empty after', () => {
    const store = new EventStore(10, MB);
    store.add(sampleEvent());
    const { version } = store;
    store.add(sampleEvent());
    store.clear();
    const after = store.add(sampleEvent());
    expect(store.since(version, 10)).toMatchObject({ clearedThrough: 3, added: [after], hasGap: false });
    expect(store.since(2, 10).clearedThrough).toBe(3);
    expect(store.since(store.version, 10).clearedThrough).toBe(0);
  });

  it('keeps nothing of the application alive', () => {
    const store = new EventStore(10, MB);
    const properties = { list: ['before'] };
    const stored = store.add(sampleEvent({ properties }));
    properties.list.push('after');
    expect(stored.json).not.toContain('after');
  });
});
