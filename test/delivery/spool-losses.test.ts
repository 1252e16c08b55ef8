import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/event/clock.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, type PostHogServer } from '../support/posthog-server.js';
import { spooledPipeline } from '../support/spooled-pipeline.js';
import { eachSpool } from './each-spool.js';

describe('What a spool loses', () => {
  let server: PostHogServer;
  let clock: FakeClock;
  let dir: string;
  eachSpool((there) => ({ server, clock, dir } = there));

  const start = (spool: Partial<Parameters<typeof spooledPipeline>[0]> = {}) =>
    spooledPipeline({ dir, clock, ...spool }, { server });
  /** A process that leaves so many events behind. */
  const leave = (count: number) => {
    const { pipeline, record } = start();
    record(count);
    pipeline.close();
  };

  it('by its folder: a flush waits for what is accepted after that, though more was adopted', async () => {
    leave(1_000);
    const { pipeline, record } = start();
    rmSync(join(dir, 'instances'), { recursive: true });
    clock.advance(15_000);
    expect(pipeline.stats()).toMatchObject({ adopted: 1_000, pending: { total: 0 } });
    expect(pipeline.stats().dropped.spool_removed).toBe(1_000);
    server.fault(faults.hang);
    record(10);
    const flushed = pipeline.flush({ timeoutMs: 100 });
    await server.waitForRequests(1);
    clock.advance(100);
    expect(await flushed).toEqual({ delivered: 0, pending: 10 });
  });

  it('to a process that took its folder over: handed, not lost, and a flush waits for none of it', async () => {
    leave(450);
    const asleep = start();
    server.fault(faults.hang);
    asleep.record(5);
    asleep.pipeline.drain();
    await server.waitForRequests(4);
    server.clearFaults();
    const later = new FakeClock(clock.now() + 11 * 60_000);
    const { pipeline } = start({ clock: later });
    await pipeline.leave(5_000);
    later.advance(1_000);
    expect(pipeline.stats()).toMatchObject({ adopted: 455, delivered: 455 });
    asleep.record(1);
    asleep.pipeline.drain();
    // Four batches were taken before, and came back.
    expect(asleep.pipeline.stats()).toMatchObject({ handed: 55, dropped: {}, pending: { total: 401 } });
    expect(asleep.said.codes).toEqual(['NAA408']);
    expect(await asleep.pipeline.flush()).toEqual({ delivered: 0, pending: 1 });
  });

  it('by age: a segment in each turn, and all are told', async () => {
    server.fault(faults.status(503));
    const lost: number[] = [];
    const watched: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer: (fn, ms) =>
        clock.setTimer(() => {
          const before = expired();
          fn();
          if (expired() > before) lost.push(expired() - before);
        }, ms),
    };
    const { pipeline, record, drops } = start({ clock: watched, maxAgeMs: 3_600_000, segmentBytes: 100_000 });
    const expired = () => pipeline.stats().dropped.expired ?? 0;
    for (let n = 0; n < 20; n++) {
      record(50, { pad: 'x'.repeat(1_000) });
      pipeline.drain();
    }
    await pipeline.flush();
    clock.advance(3_660_000);
    await Promise.resolve();
    expect(lost.length).toBeGreaterThan(5);
    expect(Math.max(...lost)).toBe(50);
    expect(drops).toHaveLength(expired());
  });

  it('by age: nothing in the minute in which somebody set the clock', async () => {
    server.fault(faults.status(503));
    let offset = 0;
    const set: Clock = {
      now: () => clock.now() + offset,
      monotonic: () => clock.monotonic(),
      setTimer: (fn, ms) => clock.setTimer(fn, ms),
    };
    const { pipeline, record } = start({ clock: set, maxAgeMs: 3_600_000 });
    record(450);
    await pipeline.flush();
    offset = 7 * 86_400_000;
    clock.advance(60_000);
    expect(pipeline.stats().dropped).toEqual({});
    offset = 0;
    clock.advance(60_000);
    expect(pipeline.stats().dropped).toEqual({});
    clock.advance(3_600_000);
    expect(pipeline.stats().dropped).toEqual({ expired: 50 });
  });

  it('by its bound: of many segments at once the first 8 MiB are told, and all are counted', async () => {
    const leaving = start({ segmentBytes: 3_000_000 });
    const pad = 'x'.repeat(100_000);
    for (let n = 0; n < 10; n++) {
      leaving.record(20, { pad });
      leaving.pipeline.drain();
    }
    leaving.pipeline.close();
    server.fault(faults.hang);
    const { pipeline, record, drops } = start({ maxBytes: 4_000_000, segmentBytes: 500_000 });
    record(1);
    pipeline.drain();
    await Promise.resolve();
    const { dropped } = pipeline.stats();
    expect(dropped.queue_full).toBeGreaterThan(150);
    expect(drops.length).toBeLessThanOrEqual(80);
    expect(drops.length).toBeGreaterThan(50);
  });

  it('by its bound: says so once, however often a segment goes, until there is room for more than that', async () => {
    server.fault(faults.status(503));
    const { pipeline, record, said } = start({ maxBytes: 1_000_000 });
    record(1);
    await pipeline.flush();
    for (let minute = 0; minute < 10; minute++) {
      record(300, { pad: 'x'.repeat(1_000) });
      pipeline.drain();
      // As much as is dropped with a segment is free now and again.
      clock.advance(60_000);
    }
    expect(said.codes).toEqual(['NAA403']);
  });
});
