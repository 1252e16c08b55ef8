import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SpoolNotice } from '../../src/spool/spool-record.js';
import type { Spool } from '../../src/spool/spool.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';

const kilobyte = (n: number): string => `${n} `.padEnd(1000, 'x');
const numbers = (records: readonly { payload: Buffer }[]): number[] =>
  records.map(({ payload }) => parseInt(payload.toString(), 10));

describe('bounds', () => {
  it('drops the oldest segments when it is full, and tells each record once', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir, { maxBytes: 80_000, keepDropped: true });
    for (let n = 1; n <= 300; n++) {
      spool.append([kilobyte(n)]);
      expect(spool.counts().bytes).toBeLessThanOrEqual(80_000);
    }
    const onDisk = segmentsBelow(dir).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(onDisk).toBe(spool.counts().bytes);
    const dropped = droppedBy(notices, 'queue_full');
    const kept = numbers(drain(spool));
    expect(dropped.count).toBe(300 - kept.length);
    expect([...dropped.numbers, ...kept]).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(kept.length).toBeGreaterThan(60);
  });

  it('counts what it drops without reading it, unless asked', () => {
    const { spool, notices } = openSpool(temporaryFolder(), { maxBytes: 80_000 });
    for (let n = 1; n <= 100; n++) spool.append([kilobyte(n)]);
    const dropped = droppedBy(notices, 'queue_full');
    expect(dropped.numbers).toEqual([]);
    expect(dropped.count).toBe(100 - spool.counts().pending);
    expect(dropped.count).toBeGreaterThan(0);
  });

  it('spares what is in flight, and drops what was put back', () => {
    const { spool, notices } = openSpool(temporaryFolder(), { maxBytes: 80_000, keepDropped: true });
    spool.append(Array.from({ length: 9 }, (_, i) => kilobyte(i + 1)));
    const flying = spool.take({ maxRecords: 3 });
    const back = spool.take({ maxRecords: 2 });
    spool.putBack(back);
    for (let n = 10; n <= 100; n++) spool.append([kilobyte(n)]);
    const dropped = droppedBy(notices, 'queue_full').numbers;
    expect(dropped.slice(0, 6)).toEqual([4, 5, 6, 7, 8, 9]);
    spool.putBack(flying);
    const rest = numbers(drain(spool));
    expect(rest.slice(0, 3)).toEqual([1, 2, 3]);
    expect([...dropped, ...rest].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(spool.counts().pending).toBe(0);
  });

  it('does not tell again, after a crash, what it dropped', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { maxBytes: 80_000, hungMs: 0 });
    for (let n = 1; n <= 100; n++) spool.append([kilobyte(n)]);
    const { pending } = spool.counts();
    const next = openSpool(dir, { hungMs: 0 });
    expect(next.spool.claimDead().adopted).toMatchObject([{ records: pending }]);
    expect(numbers(drain(next.spool)).length).toBe(pending);
    expect(next.notices).toEqual([]);
  });

  it('refuses the newest when told so: the first that fit are stored', () => {
    const { spool, notices } = openSpool(temporaryFolder(), { maxBytes: 20_000, onFull: 'drop-newest' });
    const payloads = Array.from({ length: 30 }, (_, i) => kilobyte(i + 1));
    const { stored, lastSeq } = spool.append(payloads);
    expect(stored).toBe(19);
    expect(lastSeq).toBe(19);
    expect(spool.append([kilobyte(31)]).stored).toBe(0);
    expect(numbers(drain(spool))).toEqual(Array.from({ length: 19 }, (_, i) => i + 1));
    spool.persistCursor();
    expect(notices).toEqual([]);
  });

  it('drops by age, whole segments and the beginning of the next, and spares the young', () => {
    let now = 1_790_000_000_000;
    const { spool, notices } = openSpool(temporaryFolder(), {
      segmentBytes: 5000,
      maxAgeMs: 60_000,
      keepDropped: true,
      now: () => now,
    });
    for (let n = 1; n <= 40; n++, now += 2000) spool.append([kilobyte(n)]);
    expireAll(spool);
    expect(droppedBy(notices, 'expired')).toEqual({ count: 10, numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    const told = notices.length;
    expect(spool.expire()).toBe(false);
    expect(notices.length).toBe(told);
    now += 1_000_000;
    const flying = spool.take({ maxRecords: 2 });
    expireAll(spool);
    expect(droppedBy(notices, 'expired').count).toBe(38);
    expect(spool.acknowledge(flying)).toBe(2);
    expect(spool.counts().pending).toBe(0);
  });

  it('knows the age of what it adopted', () => {
    const dir = temporaryFolder();
    let now = 1_790_000_000_000;
    const options = { segmentBytes: 5000, maxAgeMs: 60_000, now: () => now };
    const first = openSpool(dir, options).spool;
    for (let n = 1; n <= 20; n++, now += 2000) first.append([kilobyte(n)]);
    first.close();
    const { spool } = openSpool(dir, options);
    spool.claimDead();
    expireAll(spool);
    expect(spool.counts().pending).toBe(20);
    now += 40_000;
    expireAll(spool);
    expect(numbers(drain(spool))).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it('drops by age a segment at a time, so that not all is in memory at once', () => {
    let now = 1_790_000_000_000;
    const { spool, notices } = openSpool(temporaryFolder(), {
      segmentBytes: 5000,
      maxAgeMs: 60_000,
      keepDropped: true,
      now: () => now,
    });
    for (let n = 1; n <= 40; n++) spool.append([kilobyte(n)]);
    now += 1_000_000;
    expireAll(spool);
    const most = Math.max(...notices.map((notice) => (notice.kind === 'dropped' ? notice.count : 0)));
    expect(most).toBeLessThanOrEqual(5);
    expect(spool.counts().pending).toBe(0);
  });

  it('lets nothing go for one record that even an empty spool would not hold', () => {
    const { spool, notices } = openSpool(temporaryFolder(), { maxBytes: 10_000 });
    spool.append(numbered(3));
    expect(spool.append(['x'.repeat(20_000)]).stored).toBe(0);
    expect(notices).toEqual([]);
    expect(texts(drain(spool))).toEqual(numbered(3));
  });

  it('makes room again when records are settled', () => {
    const { spool } = openSpool(temporaryFolder(), { maxBytes: 40_000, onFull: 'drop-newest' });
    let stored = 0;
    for (let round = 0; round < 20; round++) {
      stored += spool.append(Array.from({ length: 10 }, (_, i) => kilobyte(i))).stored;
      drain(spool);
      spool.persistCursor();
    }
    expect(stored).toBe(200);
  });

  it('keeps one append that is larger than the bound to what fits', () => {
    const { spool } = openSpool(temporaryFolder(), { maxBytes: 10_000 });
    spool.append(numbered(3));
    const { stored } = spool.append(Array.from({ length: 30 }, (_, i) => kilobyte(i)));
    expect(stored).toBe(9);
    expect(spool.bytes).toBeLessThanOrEqual(10_000);
    expect(texts(drain(spool)).length).toBe(12);
  });
});

function expireAll(spool: Spool): void {
  while (spool.expire());
}

function droppedBy(notices: readonly SpoolNotice[], reason: string): { count: number; numbers: number[] } {
  const ours = notices.flatMap((notice) => (notice.kind === 'dropped' && notice.reason === reason ? [notice] : []));
  return {
    count: ours.reduce((sum, { count }) => sum + count, 0),
    numbers: ours.flatMap(({ records }) => numbers(records)),
  };
}
