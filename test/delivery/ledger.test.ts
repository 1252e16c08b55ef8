import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventDiagnostic } from '../../src/delivery/event-diagnostics.js';
import { imbalance, Ledger } from '../../src/delivery/ledger.js';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { auditedPipeline, plainRecord } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';

const uuid = '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e';
const stored = (order: number): StoredEvent => ({
  json: JSON.stringify({
    event: `event_${order}`,
    uuid,
    distinct_id: 'u1',
    timestamp: 't',
    properties: { $groups: { a: 'b' } },
  }),
  bytes: 10,
  lane: 'batch',
  order,
  acceptedAt: 0,
  source: 'Chat.send',
});
const pending = (total: number) => ({ total, recorded: total, stored: 0, inFlight: 0 });

describe('Ledger', () => {
  it('balances: what came in is what left and what is pending', () => {
    const ledger = new Ledger(new Spoken(), undefined);
    ledger.accepted = 10;
    ledger.adopted = 2;
    ledger.replayed = 1;
    ledger.refuse('sampled');
    ledger.deliver([stored(1), stored(2)]);
    ledger.handOver(1, 1);
    ledger.drop([stored(4)], 'queue_full');
    ledger.drop([stored(5), stored(6)], 'shutdown');
    ledger.bury([stored(7)]);
    ledger.dropRecord(plainRecord('e'), 8, 'before_send');
    const books = ledger.books();
    expect(books).toMatchObject({ delivered: 2, handed: 1, dead: 1, refused: { sampled: 1 } });
    expect(books.dropped).toEqual({ queue_full: 1, shutdown: 2, before_send: 1 });
    expect(imbalance(books, pending(5))).toBe(0);
    expect(imbalance(books, pending(6))).toBe(-1);
  });

  it('tells onDrop of each event once, as it went over the wire', () => {
    const told: unknown[] = [];
    const ledger = new Ledger(new Spoken(), (event, reason) => told.push([event, reason]));
    ledger.drop([stored(1)], 'shutdown');
    ledger.bury([stored(2)]);
    ledger.deliver([stored(3)]);
    ledger.refuse('closed');
    const event = { uuid, distinctId: 'u1', timestamp: 't', properties: { $groups: { a: 'b' } }, groups: { a: 'b' } };
    expect(told).toEqual([
      [{ ...event, event: 'event_1' }, 'shutdown'],
      [{ ...event, event: 'event_2' }, 'rejected'],
    ]);
  });

  it('describes to onDrop a record that never became an event', () => {
    const told: unknown[] = [];
    const ledger = new Ledger(new Spoken(), (event) => told.push(event));
    const record = { event: 'e', time: 0, properties: { a: 1 }, measured: { b: 2 }, context: { userId: 'u1' } };
    ledger.dropRecord(record, 1, 'anonymous');
    ledger.dropRecord({ ...record, time: NaN, context: {} }, 2, 'anonymous');
    const common = { uuid: '', event: 'e', properties: { a: 1, b: 2 }, groups: {} };
    expect(told).toEqual([
      { ...common, distinctId: 'u1', timestamp: '1970-01-01T00:00:00.000Z' },
      { ...common, distinctId: '', timestamp: '' },
    ]);
  });

  it('follows what was accepted up to a moment: neither what came later nor what others had accepted', () => {
    const ledger = new Ledger(new Spoken(), undefined);
    ledger.accepted = 3;
    ledger.deliver([stored(1)]);
    const watch = ledger.watch();
    expect(watch.left).toBe(2);
    ledger.accepted = 4;
    ledger.deliver([stored(4), { ...stored(5), order: Infinity }]);
    expect(watch.left).toBe(2);
    ledger.drop([stored(3)], 'shutdown');
    ledger.dropRecord(plainRecord('e'), 2, 'before_send');
    expect(watch.left).toBe(0);
    expect(ledger.watch().left).toBe(0);
    watch.end();
  });
});

describe('diagnostics_channel', () => {
  const listen = (...names: string[]) => {
    const heard: [string, EventDiagnostic][] = [];
    for (const name of names) {
      const listener = (message: unknown) => void heard.push([name, message as EventDiagnostic]);
      subscribe(`nestjs-agent-analytics:${name}`, listener);
      onTestFinished(() => void unsubscribe(`nestjs-agent-analytics:${name}`, listener));
    }
    return heard;
  };

  it('tells what becomes of each event', async () => {
    const heard = listen('accepted', 'delivered', 'dropped', 'refused', 'held');
    const server = await startPostHogServer();
    onTestFinished(() => server.close());
    const clock = new FakeClock();
    const { pipeline, quiet } = auditedPipeline({ server, clock, maxPending: 2, random: () => 0 });
    server.fault(faults.status(503), 1);
    pipeline.record({ ...plainRecord('kept'), uuid });
    pipeline.record(plainRecord(' '));
    pipeline.record(plainRecord('too much'));
    pipeline.refuse('sampled', { event: 'out', source: 'Chat.send' });
    await pipeline.flush();
    await quiet();
    clock.advance(1_000);
    await server.waitFor(1);
    await quiet();
    const source = 'Test.record';
    expect(heard).toEqual([
      ['refused', { uuid: undefined, event: 'too much', state: 'refused', reason: 'buffer_full', source }],
      ['refused', { uuid: undefined, event: 'out', state: 'refused', reason: 'sampled', source: 'Chat.send' }],
      ['accepted', { uuid, event: 'kept', state: 'accepted', source }],
      ['dropped', { uuid: undefined, event: ' ', state: 'dropped', reason: 'empty_name', source }],
      ['held', { uuid, event: 'kept', state: 'held', reason: 'backoff', source }],
      ['delivered', { uuid, event: 'kept', state: 'delivered', source }],
    ]);
  });

  it('tells of dead letters and of what is dropped at the end', async () => {
    const heard = listen('dropped');
    const server = await startPostHogServer();
    onTestFinished(() => server.close());
    const { pipeline } = auditedPipeline({ server });
    server.fault(({ events }) => (events.includes('bad') ? faults.status(400) : undefined));
    pipeline.record(plainRecord('good'));
    pipeline.record(plainRecord('bad'));
    await pipeline.flush();
    pipeline.record(plainRecord('late'));
    pipeline.close();
    expect(heard.map(([, { event, state, reason }]) => [event, state, reason])).toEqual([
      ['bad', 'dead', 'rejected'],
      ['late', 'dropped', 'shutdown'],
    ]);
  });

  it('tells onDrop of a record whose user can not be made a text', () => {
    const told: unknown[] = [];
    const ledger = new Ledger(new Spoken(), (event, reason) => told.push([event.distinctId, reason]));
    ledger.dropRecord(
      { ...plainRecord('e'), distinctId: undefined, userId: Object.create(null) as string },
      1,
      'anonymous',
    );
    expect(told).toEqual([['', 'anonymous']]);
    expect(ledger.books().dropped).toEqual({ anonymous: 1 });
  });

  it('leaves nothing below zero for whoever waits', () => {
    const ledger = new Ledger(new Spoken(), undefined);
    ledger.accepted = 1;
    const watch = ledger.watch();
    ledger.countLost([{ reason: 'damaged', count: 3, events: [], ownUnknown: 3 }]);
    expect(watch.left).toBe(0);
  });

  it('reads no event while nobody listens', () => {
    const ledger = new Ledger(new Spoken(), undefined);
    const unreadable = { ...stored(1), json: 'no JSON' };
    ledger.deliver([unreadable]);
    ledger.hold([unreadable], 'backoff');
    ledger.drop([unreadable], 'shutdown');
    expect(ledger.books()).toMatchObject({ delivered: 1, dropped: { shutdown: 1 } });
  });
});
