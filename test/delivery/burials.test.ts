import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectSpool } from '../../src/spool/inspect-spool.js';
import type { FakeClock } from '../support/fake-clock.js';
import { faults, type PostHogServer } from '../support/posthog-server.js';
import { spooledPipeline } from '../support/spooled-pipeline.js';
import { eachSpool } from './each-spool.js';

describe('A dead letter that the disk does not take', () => {
  let server: PostHogServer;
  let clock: FakeClock;
  let dir: string;
  eachSpool((there) => ({ server, clock, dir } = there));

  const start = () => spooledPipeline({ dir, clock }, { server });
  /** One of four is refused, and nothing can be stored where dead letters stand. */
  const withUnburied = async () => {
    const started = start();
    server.fault(({ events }) => (events.includes('event_2') ? faults.status(400) : undefined));
    writeFileSync(join(dir, 'dead'), 'in the way');
    started.record(4);
    await started.pipeline.flush();
    expect(started.pipeline.stats()).toMatchObject({ delivered: 3, dead: 1, pending: { total: 0 } });
    expect(started.said.codes).toEqual(['NAA401']);
    return started;
  };

  it('is stored as soon as it can be, and the trouble is over', async () => {
    const { said } = await withUnburied();
    clock.advance(1_000);
    expect(said.codes).toEqual(['NAA401']);
    rmSync(join(dir, 'dead'));
    clock.advance(1_000);
    expect(said.codes).toEqual(['NAA401', 'NAA402']);
    expect(inspectSpool(dir, { now: clock.now() }).dead.letters).toBe(1);
    expect(clock.untilNext()).toBeGreaterThan(1_000);
  });

  it('is stored when the process leaves, if it can be then', async () => {
    const { pipeline } = await withUnburied();
    rmSync(join(dir, 'dead'));
    pipeline.close();
    expect(pipeline.stats()).toMatchObject({ dead: 1, pending: { total: 0 } });
    expect(inspectSpool(dir)).toMatchObject({ dead: { letters: 1 }, instances: [] });
  });

  it('is left to the next process, which tries it again; the books of neither have it twice', async () => {
    const { pipeline } = await withUnburied();
    pipeline.close();
    expect(pipeline.stats()).toMatchObject({ accepted: 4, delivered: 3, dead: 1, pending: { total: 0 } });
    server.clearFaults();
    const next = start();
    await next.pipeline.leave(5_000);
    expect(next.pipeline.stats()).toMatchObject({ adopted: 1, delivered: 1, pending: { total: 0 } });
    expect(server.distinct()).toHaveLength(4);
  });
});
