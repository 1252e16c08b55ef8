import { channel } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStore } from '../../src/inbox/event-store.js';
import { InboxTap } from '../../src/inbox/inbox-tap.js';
import { FakeClock } from '../support/fake-clock.js';
import { sampleEvent } from './sample-events.js';

describe('InboxTap', () => {
  let store: EventStore;
  let tap: InboxTap;
  const publish = (name: string, message: object): void => channel(`nestjs-agent-analytics:${name}`).publish(message);

  beforeEach(() => {
    store = new EventStore(100, 1e9);
    tap = new InboxTap(store, new FakeClock());
    tap.listen();
  });
  afterEach(() => tap.close());

  it('notes where an event came from, told before or after it', () => {
    const [early, late] = [sampleEvent(), sampleEvent()];
    publish('accepted', { uuid: early.uuid, event: early.event, state: 'accepted', source: 'Chat.send' });
    tap.write([early, late]);
    publish('accepted', { uuid: late.uuid, event: late.event, state: 'accepted', source: 'Tools.find' });
    expect(store.find(early.uuid)).toMatchObject({ source: 'Chat.send', fate: 'pending' });
    expect(store.find(late.uuid)).toMatchObject({ source: 'Tools.find', fate: 'pending' });
  });

  it('follows an event through delivery', () => {
    const event = sampleEvent();
    tap.write([event]);
    publish('held', { uuid: event.uuid, state: 'held', reason: 'backoff' });
    expect(store.find(event.uuid)).toMatchObject({ fate: 'held', reason: 'backoff' });
    publish('delivered', { uuid: event.uuid, state: 'delivered' });
    expect(store.find(event.uuid)).toMatchObject({ fate: 'delivered', reason: null });
  });

  it('follows each of several that have one id', () => {
    const event = sampleEvent();
    const delivered = () => publish('delivered', { uuid: event.uuid, state: 'delivered' });
    const fates = () => store.newest(9).map(({ fate }) => fate);
    tap.write([event]);
    publish('accepted', { uuid: event.uuid, state: 'accepted', source: 'Chat.send' });
    tap.write([event]);
    publish('accepted', { uuid: event.uuid, state: 'accepted', source: 'Chat.resend' });
    delivered();
    expect(fates()).toEqual(['pending', 'delivered']);
    delivered();
    expect(fates()).toEqual(['delivered', 'delivered']);
    delivered();
    expect(store.newest(9).map(({ source }) => source)).toEqual(['Chat.resend', 'Chat.send']);
  });

  it('forgets of several that have one id those that are gone', () => {
    const small = new EventStore(2, 1e9);
    const event = sampleEvent();
    const [first, second] = [small.add(event), small.add(event)];
    expect(small.findOpen(event.uuid)).toBe(first);
    small.add(sampleEvent());
    expect(small.findOpen(event.uuid)).toBe(second);
    small.add(sampleEvent());
    expect(small.findOpen(event.uuid)).toBeUndefined();
    expect(small.add(event).isRetold).toBe(false);
  });

  it('knows what became of an event that comes later', () => {
    const event = sampleEvent();
    publish('accepted', { uuid: event.uuid, state: 'accepted', source: 'Chat.send' });
    publish('dropped', { uuid: event.uuid, state: 'dropped', reason: 'queue_full' });
    tap.write([event]);
    expect(store.find(event.uuid)).toMatchObject({ fate: 'dropped', reason: 'queue_full', source: 'Chat.send' });
  });

  it('gives a row to what was dropped before it was made', () => {
    publish('dropped', {
      uuid: undefined,
      event: 'secret',
      state: 'dropped',
      reason: 'before_send',
      source: 'Chat.send',
    });
    expect(store.newest(1)[0]).toMatchObject({
      isStub: true,
      fate: 'dropped',
      reason: 'before_send',
      source: 'Chat.send',
    });
  });

  it("does not keep another application's events", () => {
    const events = Array.from({ length: 5_000 }, () => sampleEvent());
    for (const { uuid } of events) publish('delivered', { uuid, state: 'delivered' });
    expect(store.size).toBe(0);
    // What was said of the newest is remembered, in case that they are still to come.
    const [oldest, newest] = [events[0] ?? sampleEvent(), events.at(-1) ?? sampleEvent()];
    tap.write([oldest, newest]);
    expect([oldest, newest].map(({ uuid }) => store.find(uuid)?.fate)).toEqual(['pending', 'delivered']);
  });

  it('hears nothing after it was closed', () => {
    const event = sampleEvent();
    tap.write([event]);
    tap.close();
    publish('delivered', { uuid: event.uuid, state: 'delivered' });
    expect(store.find(event.uuid)?.fate).toBe('pending');
  });
});
