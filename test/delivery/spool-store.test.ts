import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SpoolStore, type SpoolStoreOptions } from '../../src/delivery/spool-store.js';
import { inspectSpool } from '../../src/spool/inspect-spool.js';
import { Spool } from '../../src/spool/spool.js';
import { auditedPipeline, type AuditedOptions } from '../support/audited-pipeline.js';
import type { FakeClock } from '../support/fake-clock.js';
import { faults, type PostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';
import { replaceFs } from '../spool/replace-fs.js';
import { segmentsBelow } from '../spool/spool-folder.js';
import { eachSpool } from './each-spool.js';

describe('Delivery from a spool', () => {
  let server: PostHogServer;
  let clock: FakeClock;
  let dir: string;
  eachSpool((there) => ({ server, clock, dir } = there));

  const start = (spool: Partial<SpoolStoreOptions> = {}, options: AuditedOptions = {}) => {
    const said = new Spoken();
    const drops: string[] = [];
    const memory = { events: 1_000, bytes: 10_000_000 };
    const store = new SpoolStore({ dir, destination: 'd', memory, clock, reporter: said, ...spool });
    const audited = auditedPipeline({
      server,
      clock,
      store,
      random: () => 0,
      onDrop: ({ event }, reason) => drops.push(`${event} ${reason}`),
      ...options,
    });
    return { ...audited, said, drops, stats: () => audited.pipeline.stats() };
  };
  const onDisk = () => inspectSpool(dir, { now: clock.now() }).instances.reduce((sum, { pending }) => sum + pending, 0);
  /** In the order of their numbers: batches travel beside each other. */
  const names = () =>
    server
      .distinct()
      .map(({ event }) => event)
      .toSorted((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  const numbered = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `event_${from + index}`);

  it('delivers, and leaves nothing behind when it is closed', async () => {
    const { pipeline, record, said } = start();
    record(1_234);
    expect(await pipeline.flush()).toEqual({ delivered: 1_234, pending: 0 });
    expect(names()).toEqual(numbered(1_234));
    expect(pipeline.close()).toBe(0);
    expect(inspectSpool(dir).instances).toEqual([]);
    expect(said.codes).toEqual([]);
  });

  it('holds nothing in memory that is on disk: maxPending bounds only what is recorded', () => {
    const { pipeline, record, stats } = start({}, { maxPending: 100 });
    server.fault(faults.hang);
    for (let n = 0; n < 5; n++) {
      record(90);
      pipeline.drain();
    }
    expect(stats()).toMatchObject({ accepted: 450, refused: {}, pending: { total: 450 } });
    expect(onDisk()).toBe(450);
  });

  it('writes the 500th record, and all before it, within its call', () => {
    const { record, stats } = start();
    record(499);
    expect(onDisk()).toBe(0);
    expect(stats().oldestUnstoredMs).toBe(0);
    record(1);
    expect(onDisk()).toBe(500);
    expect(stats().pending.recorded).toBe(0);
  });

  it('writes what is recorded after 10 ms at the latest', () => {
    const { record, stats } = start();
    record(3);
    clock.advance(9);
    expect(stats()).toMatchObject({ pending: { recorded: 3 }, oldestUnstoredMs: 9 });
    clock.advance(1);
    expect(onDisk()).toBe(3);
  });

  it('keeps what is pending when it is closed, in flight included, and the next process delivers it once', async () => {
    const first = start();
    server.fault(faults.hang);
    first.record(450);
    first.pipeline.drain();
    await server.waitForRequests(4);
    first.record(7);
    expect(first.pipeline.close()).toBe(0);
    expect(first.stats()).toMatchObject({ accepted: 457, dropped: {}, pending: { total: 457, stored: 457 } });
    expect(first.spoken.codes).toEqual([]);
    server.clearFaults();

    const next = start();
    expect(next.stats()).toMatchObject({ accepted: 0, adopted: 457, pending: { total: 457 } });
    next.record(1);
    await next.pipeline.leave(5_000);
    expect(next.stats()).toMatchObject({ adopted: 457, delivered: 458, pending: { total: 0 } });
    expect(server.distinct()).toHaveLength(458);
    next.pipeline.close();
    expect(onDisk()).toBe(0);
  });

  it('sends the same bytes after a restart as before it', async () => {
    const first = start();
    server.fault(faults.status(503));
    first.record(3);
    await first.pipeline.flush();
    first.pipeline.close();
    server.clearFaults();
    await start().pipeline.leave(5_000);
    const [before, after] = server.requests.map(({ json }) => (json as { batch: unknown[] }).batch);
    expect(after).toEqual(before);
    expect(after).toHaveLength(3);
  });

  it('does not wait for adopted events in a flush', async () => {
    const first = start();
    first.record(3);
    first.pipeline.close();
    const { pipeline, record } = start();
    record(2);
    expect(await pipeline.flush()).toMatchObject({ pending: 0 });
  });

  it('never sends what is for another key, and says where it is', async () => {
    const first = start({ destination: 'other' });
    first.record(3);
    first.pipeline.close();
    const { pipeline, said, stats } = start();
    await pipeline.leave(1_000);
    expect(server.requests).toEqual([]);
    expect(stats()).toMatchObject({ adopted: 0, pending: { total: 0 } });
    expect(said.codes).toEqual(['NAA409']);
    expect(onDisk()).toBe(3);
  });

  it('saves within a second what is delivered: a kill after that resends nothing', async () => {
    const { pipeline, record } = start();
    record(300);
    await pipeline.flush();
    expect(onDisk()).toBe(300);
    clock.advance(1_000);
    expect(onDisk()).toBe(0);
  });

  it('stands still while nothing happens, but for its heartbeat', async () => {
    const { pipeline, record } = start();
    record(1);
    await pipeline.flush();
    clock.advance(1_000);
    expect(clock.pendingTimers).toBe(1);
    expect(clock.untilNext()).toBe(14_000);
    pipeline.close();
    expect(clock.pendingTimers).toBe(0);
  });

  it('drops the oldest for the newest when it is full, tells which, and says so once', async () => {
    const { pipeline, record, drops, said, stats } = start({ maxBytes: 1_000_000 });
    server.fault(faults.status(503));
    record(1);
    await pipeline.flush();
    const pad = 'x'.repeat(1_000);
    for (let n = 0; n < 20; n++) {
      record(100, { pad });
      pipeline.drain();
    }
    const dropped = stats().dropped.queue_full ?? 0;
    expect(dropped).toBeGreaterThan(1_000);
    await Promise.resolve();
    expect(drops).toEqual(numbered(dropped, 2).map((name) => `${name} queue_full`));
    expect(said.codes).toEqual(['NAA403']);
    server.clearFaults();
    await pipeline.leave(5_000);
    expect(names()).toEqual(['event_1', ...numbered(2_000 - dropped, 2 + dropped)]);
    clock.advance(61_000);
    expect(said.codes).toEqual(['NAA403', 'NAA404']);
  });

  it('refuses the newest instead, where that is set', async () => {
    const { pipeline, record, drops, stats } = start({ maxBytes: 1_000_000, onFull: 'drop-newest' });
    server.fault(faults.status(503));
    const pad = 'x'.repeat(1_000);
    for (let n = 0; n < 20; n++) {
      record(100, { pad });
      pipeline.drain();
    }
    const dropped = stats().dropped.queue_full ?? 0;
    expect(dropped).toBeGreaterThan(1_000);
    await Promise.resolve();
    expect(drops).toEqual(numbered(dropped, 2_001 - dropped).map((name) => `${name} queue_full`));
    server.clearFaults();
    await pipeline.leave(5_000);
    expect(names()).toEqual(numbered(2_000 - dropped));
  });

  it('drops what is too old, tells which, and says so once', async () => {
    const { pipeline, record, drops, said, stats } = start({ maxAgeMs: 3_600_000 });
    server.fault(faults.status(503));
    record(450);
    await pipeline.flush();
    clock.advance(3_590_000);
    record(5);
    clock.advance(75_000);
    await Promise.resolve();
    // Four batches were in flight and came back: they have their turn all the same.
    expect(stats().dropped).toEqual({ expired: 50 });
    expect(drops).toEqual(numbered(50, 401).map((name) => `${name} expired`));
    expect(said.codes).toEqual(['NAA405']);
  });

  it('counts what damage took, and delivers what stands before and after it', async () => {
    const first = start();
    first.record(20);
    first.pipeline.close();
    const [segment = ''] = segmentsBelow(dir);
    const bytes = readFileSync(segment);
    const place = bytes.indexOf('"event_7"');
    bytes[place + 3] = 0x21;
    writeFileSync(segment, bytes);

    const { pipeline, said, stats } = start();
    await pipeline.leave(5_000);
    expect(stats()).toMatchObject({ adopted: 20, delivered: 19, dropped: { damaged: 1 }, pending: { total: 0 } });
    expect(names()).toEqual(numbered(20).filter((name) => name !== 'event_7'));
    expect(said.codes).toEqual(['NAA406']);
  });

  it('counts damage that stats() comes upon first', () => {
    const first = start();
    first.record(3);
    first.pipeline.close();
    const [segment = ''] = segmentsBelow(dir);
    const bytes = readFileSync(segment);
    bytes[bytes.indexOf('"event_1"') + 3] = 0x21;
    writeFileSync(segment, bytes);
    const { stats } = start();
    expect(stats()).toMatchObject({ adopted: 3, dropped: { damaged: 1 }, pending: { total: 2 } });
  });

  it('counts as damaged what is whole and yet no event', async () => {
    const stranger = new Spool({ dir, destination: 'd', now: () => clock.now() });
    stranger.tryResume();
    stranger.append(['no event', `5 ${clock.now()} \n{"event":"e","distinct_id":"u1","properties":{}}`]);
    stranger.close();
    const { pipeline, stats } = start();
    await pipeline.leave(5_000);
    expect(stats()).toMatchObject({ adopted: 2, delivered: 1, dropped: { damaged: 1 }, pending: { total: 0 } });
  });

  it('keeps dead letters apart, with the reason, also of what was in memory only', async () => {
    const { pipeline, record, stats } = start();
    server.fault(({ events }) => (events.includes('event_7') ? faults.status(400) : undefined));
    record(100);
    expect(await pipeline.flush()).toEqual({ delivered: 99, pending: 0 });
    expect(stats()).toMatchObject({ dead: 1, dropped: {} });
    expect(inspectSpool(dir).dead).toMatchObject({ letters: 1, byReason: { 'HTTP 400': 1 } });
    const mend = breakDisk('ENOSPC');
    server.fault(({ events }) => (events.includes('event_107') ? faults.status(400) : undefined));
    record(100);
    pipeline.drain();
    mend();
    expect(await pipeline.flush()).toEqual({ delivered: 99, pending: 0 });
    expect(inspectSpool(dir).dead.letters).toBe(2);
  });

  describe('while the disk takes nothing', () => {
    it.each(['ENOSPC', 'EROFS', 'EIO'])(
      'lets the memory take over on %s, says so once, and goes back to the disk when it can',
      async (code) => {
        const { pipeline, record, said, stats } = start();
        server.fault(faults.status(503));
        record(100);
        await pipeline.flush();
        const mend = breakDisk(code);
        record(50);
        pipeline.drain();
        record(50);
        pipeline.drain();
        expect(onDisk()).toBe(100);
        expect(stats()).toMatchObject({ accepted: 200, dropped: {}, pending: { total: 200 } });
        mend();
        clock.advance(1_000);
        expect(onDisk()).toBe(200);
        expect(said.codes).toEqual(['NAA401', 'NAA402']);
        expect(JSON.stringify(said.lines)).toContain('100 that were kept in memory');
        server.clearFaults();
        await pipeline.leave(5_000);
        expect(names()).toEqual(numbered(200));
      },
    );

    it.each(['ENOSPC', 'EROFS'])('goes to the disk when it can, also if it never could before, on %s', (code) => {
      const { pipeline, record, said } = start();
      const mend = breakDisk(code);
      record(5);
      pipeline.drain();
      expect(onDisk()).toBe(0);
      mend();
      clock.advance(1_000);
      expect(onDisk()).toBe(5);
      expect(said.codes).toEqual(['NAA401', 'NAA402']);
    });

    it('delivers from the memory all the same', async () => {
      const { pipeline, record, stats } = start();
      record(1);
      await pipeline.flush();
      breakDisk('ENOSPC');
      record(300);
      expect(await pipeline.flush()).toEqual({ delivered: 300, pending: 0 });
      expect(stats()).toMatchObject({ delivered: 301, pending: { total: 0 } });
    });

    it('refuses the newest beyond maxPending, and counts them', () => {
      const { pipeline, record, stats } = start({}, { maxPending: 1_000 });
      server.fault(faults.hang);
      record(1);
      pipeline.drain();
      breakDisk('ENOSPC');
      record(2_000);
      pipeline.drain();
      record(10);
      expect(stats()).toMatchObject({ accepted: 1_001, refused: { buffer_full: 1_010 } });
    });

    it('tells what is lost when it is closed then', () => {
      const { pipeline, record, drops, spoken } = start();
      record(10);
      pipeline.drain();
      breakDisk('ENOSPC');
      record(5);
      expect(pipeline.close()).toBe(5);
      expect(drops).toEqual(numbered(5, 11).map((name) => `${name} shutdown`));
      expect(spoken.codes).toEqual(['NAA310']);
    });

    it('starts all the same where the folder cannot be made', async () => {
      const file = join(dir, 'file');
      writeFileSync(file, '');
      const { pipeline, record, said } = start({ dir: join(file, 'spool') });
      record(3);
      expect(await pipeline.flush()).toEqual({ delivered: 3, pending: 0 });
      expect(said.codes).toEqual(['NAA401']);
      rmSync(file);
      clock.advance(1_000);
      expect(said.codes).toEqual(['NAA401', 'NAA402']);
    });
  });

  it('keeps at its end what was in flight when its segment went for newer events', async () => {
    const first = start({ maxBytes: 100_000, segmentBytes: 20_000 });
    server.fault(faults.hang);
    first.record(100);
    first.pipeline.drain();
    await server.waitForRequests(1);
    for (let n = 0; n < 10; n++) {
      first.record(90);
      first.pipeline.drain();
    }
    expect(first.stats().dropped.queue_full).toBeGreaterThan(0);
    expect(first.pipeline.close()).toBe(0);
    const { total } = first.stats().pending;
    server.clearFaults();
    const next = start({ maxBytes: 100_000, segmentBytes: 20_000 });
    await next.pipeline.leave(5_000);
    expect(next.stats()).toMatchObject({ adopted: total, delivered: total, dropped: {} });
  });

  it('ends a flush that waits when it is closed, although something stays on disk', async () => {
    const { pipeline, record } = start();
    server.fault(faults.hang);
    record(1);
    const flushed = pipeline.flush({ timeoutMs: 60_000 });
    await server.waitForRequests(1);
    pipeline.close();
    expect(await flushed).toEqual({ delivered: 0, pending: 1 });
  });

  it('makes a new folder where its own was removed, and counts what went with it', async () => {
    const { pipeline, record, said, stats } = start();
    server.fault(faults.status(503));
    record(450);
    await pipeline.flush();
    rmSync(join(dir, 'instances'), { recursive: true });
    record(5);
    pipeline.drain();
    // Four batches were in flight, so that they are in memory too.
    expect(stats()).toMatchObject({ dropped: { spool_removed: 50 }, pending: { total: 405 } });
    expect(said.codes).toEqual(['NAA407']);
    server.clearFaults();
    await pipeline.leave(5_000);
    expect(stats()).toMatchObject({ accepted: 455, delivered: 405, pending: { total: 0 } });
    expect(await pipeline.flush()).toEqual({ delivered: 0, pending: 0 });
  });
});

/** Lets every write fail until the function returned is called. */
function breakDisk(code: string): () => void {
  let isBroken = true;
  replaceFs(
    'writeSync',
    (real) =>
      ((...args: Parameters<typeof real>) => {
        if (isBroken) throw Object.assign(new Error(code), { code });
        return real(...args);
      }) as typeof real,
  );
  return () => (isBroken = false);
}
