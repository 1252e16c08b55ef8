import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DropReason } from '../../src/delivery/delivery.js';
import { auditedPipeline, plainRecord } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

describe('Leaving', () => {
  let server: PostHogServer;
  let clock: FakeClock;
  beforeEach(async () => {
    server = await startPostHogServer();
    clock = new FakeClock();
  });
  afterEach(() => server.close());

  const start = (random = 0) => {
    const drops: [string, DropReason][] = [];
    const onDrop = (event: { event: string }, reason: DropReason) => void drops.push([event.event, reason]);
    return { ...auditedPipeline({ server, clock, random: () => random, onDrop }), drops };
  };

  it('sends 5,000 pending events before it is over, and leaves nothing to drop', async () => {
    const { pipeline, record, spoken } = start();
    record(5_000);
    expect(await pipeline.leave(5_000)).toEqual({ delivered: 5_000, pending: 0 });
    expect(pipeline.close()).toBe(0);
    expect(server.events).toHaveLength(5_000);
    expect(spoken.lines).toEqual([]);
  });

  it('goes on accepting until it is closed', async () => {
    const { pipeline, record, quiet } = start();
    server.fault(faults.hang, 1);
    record(1);
    const left = pipeline.leave(5_000);
    await server.waitForRequests(1);
    record(10);
    // No waiting for a batch to fill any more.
    clock.advance(10);
    await server.waitFor(10);
    server.clearFaults();
    await quiet();
    clock.advance(250);
    expect(await left).toEqual({ delivered: 11, pending: 0 });
    record(3);
    clock.advance(10);
    await server.waitFor(14);
    await quiet();
    pipeline.close();
    record(2);
    expect(pipeline.stats()).toMatchObject({ accepted: 14, delivered: 14, refused: { closed: 2 }, state: 'closed' });
  });

  it('leaves within its time from a server that never answers, and tells in one line how many are left', async () => {
    const { pipeline, record, spoken, drops } = start();
    server.fault(({ index }) => (index > 0 ? faults.hang : undefined));
    record(300);
    const left = pipeline.leave(5_000);
    await server.waitForRequests(3);
    await server.waitFor(100);
    clock.advance(5_000);
    expect(await left).toEqual({ delivered: 100, pending: 200 });
    expect(pipeline.close()).toBe(200);
    const { accepted, delivered, dropped, pending } = pipeline.stats();
    expect(accepted - server.events.length).toBe(200);
    expect({ accepted, delivered, dropped, pending: pending.total }).toEqual({
      accepted: 300,
      delivered: 100,
      dropped: { shutdown: 200 },
      pending: 0,
    });
    expect(spoken.codes).toEqual(['NAA310']);
    expect(spoken.text).toContain('200 events');
    expect(new Set(drops.map(([event]) => event)).size).toBe(200);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tries again at once out of a backoff, then every quarter of a second', async () => {
    const { pipeline, record, quiet } = start(1);
    server.fault(faults.status(503));
    record(1);
    await pipeline.flush();
    expect(clock.untilNext()).toBe(2_000);
    const left = pipeline.leave(5_000);
    await server.waitForRequests(2);
    await quiet();
    expect(clock.untilNext()).toBe(250);
    clock.advance(250);
    await server.waitForRequests(3);
    await quiet();
    server.clearFaults();
    clock.advance(250);
    expect(await left).toEqual({ delivered: 1, pending: 0 });
  });

  it('does not wait for what can only come after its time', async () => {
    const { pipeline, record } = start();
    server.fault(faults.status(503, { 'retry-after': '60' }), 1);
    record(1);
    await pipeline.flush();
    expect(await pipeline.leave(5_000)).toEqual({ delivered: 0, pending: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it('does not try a key again that was refused', async () => {
    const { pipeline, record } = start();
    server.fault(faults.status(401));
    record(1);
    await pipeline.flush();
    expect(await pipeline.leave(5_000)).toEqual({ delivered: 0, pending: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it('gives a wrong endpoint one more chance', async () => {
    const { pipeline, record } = start();
    server.fault(faults.html200, 1);
    record(1);
    await pipeline.flush();
    expect(await pipeline.leave(5_000)).toEqual({ delivered: 1, pending: 0 });
  });

  it('leaves once more where events came in between', async () => {
    const { pipeline, record } = start();
    record(1);
    await pipeline.leave(1_000);
    record(1);
    expect(await pipeline.leave(1_000)).toEqual({ delivered: 1, pending: 0 });
  });

  it('closes in one call, as an exit handler must, from whatever state', async () => {
    const { pipeline, record, drops, spoken } = start();
    server.fault(faults.hang);
    record(500);
    clock.advance(10);
    await server.waitForRequests(4);
    record(20);
    expect(pipeline.stats().pending).toEqual({ total: 520, recorded: 20, stored: 100, inFlight: 400 });
    expect(pipeline.close()).toBe(520);
    expect(pipeline.close()).toBe(0);
    expect(drops).toHaveLength(520);
    expect(drops.map(([event]) => event).toSorted()).toEqual(
      Array.from({ length: 520 }, (_, index) => `event_${index + 1}`).toSorted(),
    );
    expect(spoken.codes).toEqual(['NAA310']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('shows the taps what was still only recorded when it closed', () => {
    const { pipeline, record } = start();
    const seen: string[] = [];
    pipeline.tap({ write: (events) => void seen.push(...events.map((event) => event.event)) });
    record(2);
    pipeline.close();
    expect(seen).toEqual(['event_1', 'event_2']);
  });

  it('cuts its connections when it closes', async () => {
    const { pipeline, record } = start();
    record(1);
    await pipeline.flush();
    expect(server.connections).toBe(1);
    pipeline.close();
    await server.waitForConnections(0);
  });

  it('loses count of nothing when a tap closes it from within', () => {
    const { pipeline, record } = start();
    pipeline.tap({ write: () => void pipeline.close() });
    record(3);
    pipeline.drain();
    expect(pipeline.stats()).toMatchObject({ dropped: { shutdown: 3 }, pending: { total: 0 } });
  });

  it('loses count of nothing when it is closed while events are prepared', () => {
    const { pipeline, record } = auditedPipeline({
      server,
      clock,
      prepare: ({ event }) => {
        if (event === 'event_2') pipeline.close();
        const json = JSON.stringify({ event, distinct_id: 'u1', properties: {} });
        const prepared = { uuid: '', event, distinctId: 'u1', timestamp: '', properties: {}, groups: {} };
        return { event: prepared, json, bytes: json.length, lane: 'batch', source: undefined };
      },
    });
    record(3);
    pipeline.drain();
    expect(pipeline.stats()).toMatchObject({ accepted: 3, dropped: { shutdown: 3 }, pending: { total: 0 } });
  });

  it('ends a flush that waits', async () => {
    const { pipeline, record } = start();
    server.fault(faults.hang);
    record(1);
    const flushed = pipeline.flush({ timeoutMs: 60_000 });
    await server.waitForRequests(1);
    pipeline.close();
    expect(await flushed).toEqual({ delivered: 0, pending: 0 });
  });

  it('ignores an answer that comes after the end', async () => {
    let answer: (() => void) | undefined;
    const { pipeline } = auditedPipeline({
      sender: {
        destination: () => 'http://posthog.test/',
        close: () => undefined,
        send: () => new Promise((resolve) => (answer = () => resolve({ kind: 'accepted' }))),
      },
      clock,
    });
    pipeline.record(plainRecord('e'));
    void pipeline.flush();
    pipeline.close();
    answer?.();
    await new Promise((later) => setImmediate(later));
    expect(pipeline.stats()).toMatchObject({ accepted: 1, delivered: 0, dropped: { shutdown: 1 } });
  });
});
