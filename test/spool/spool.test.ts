import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../src/spool/spool.js';
import { spoolSettings } from '../../src/spool/spool-options.js';
import { SpoolWriteError } from '../../src/spool/spool-write-error.js';
import { replaceFs, systemError } from './replace-fs.js';
import { drain, modesBelow, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';

describe('Spool', () => {
  it('gives back what was appended, in order, and says where it stands', () => {
    const { spool } = openSpool(temporaryFolder(), { now: () => 1_790_000_000_000 });
    expect(spool.append(numbered(3))).toMatchObject({ stored: 3, firstSeq: 1, lastSeq: 3 });
    expect(spool.append([Buffer.from([0, 255])], { time: 1_790_000_000_500 })).toMatchObject({
      firstSeq: 4,
      lastSeq: 4,
    });
    expect(spool.append([])).toMatchObject({ stored: 0 });
    expect(spool.counts()).toMatchObject({ pending: 4, inFlight: 0, oldestTime: 1_790_000_000_000 });
    const records = spool.take();
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(texts(records.slice(0, 3))).toEqual(numbered(3));
    expect([...records[3]!.payload]).toEqual([0, 255]);
    expect(records[3]!.time).toBe(1_790_000_000_500);
    expect(spool.counts()).toMatchObject({ pending: 4, inFlight: 4 });
    expect(spool.acknowledge(records)).toBe(4);
    expect(spool.counts()).toMatchObject({ pending: 0, inFlight: 0, oldestTime: null });
  });

  it('takes at most so many records and bytes, but at least one', () => {
    const { spool } = openSpool(temporaryFolder());
    spool.append(['x'.repeat(600), 'y'.repeat(300), 'z'.repeat(200)]);
    expect(texts(spool.take({ maxBytes: 500 })).map((text) => text.length)).toEqual([600]);
    expect(texts(spool.take({ maxBytes: 499 })).map((text) => text.length)).toEqual([300]);
    expect(texts(spool.take({ maxRecords: 1 })).map((text) => text.length)).toEqual([200]);
    expect(spool.take()).toEqual([]);
  });

  it('says how much waits, and since when', () => {
    const { spool } = openSpool(temporaryFolder(), { segmentBytes: 60_000 });
    for (let n = 1; n <= 20; n++) spool.append(['x'.repeat(500)], { time: 1000 * n });
    const waiting = (): number[] => {
      const { oldestTime, oldestWaiting, waitingBytes } = spool.counts();
      return [oldestTime ?? 0, oldestWaiting ?? 0, Math.round(waitingBytes / 532)];
    };
    expect(waiting()).toEqual([1000, 1000, 20]);
    const taken = spool.take({ maxRecords: 8 });
    expect(waiting()).toEqual([1000, 9000, 12]);
    spool.acknowledge(taken.slice(0, 3));
    expect(waiting()).toEqual([4000, 9000, 12]);
    spool.putBack(taken.slice(3));
    expect(waiting()).toEqual([4000, 4000, 17]);
    drain(spool);
    expect(waiting()).toEqual([0, 0, 0]);
  });

  it('gives records put back first, the same bytes, and settles each once', () => {
    const { spool } = openSpool(temporaryFolder());
    spool.append(numbered(6));
    const first = spool.take({ maxRecords: 2 });
    const second = spool.take({ maxRecords: 2 });
    spool.putBack(first);
    spool.putBack(second);
    expect(texts(spool.take({ maxRecords: 5 }))).toEqual(numbered(5));
    expect(spool.acknowledge(first)).toBe(2);
    expect(spool.acknowledge(first)).toBe(0);
    spool.putBack(first);
    expect(texts(spool.take())).toEqual(numbered(1, 6));
    expect(spool.counts().pending).toBe(4);
  });

  it('keeps lanes apart: one that waits holds no other back', () => {
    const { spool } = openSpool(temporaryFolder());
    spool.append(numbered(2));
    spool.append(['large'], { lane: 1 });
    spool.append(numbered(2, 3));
    expect(texts(drain(spool))).toEqual(numbered(4));
    expect(spool.counts()).toMatchObject({ pending: 1 });
    expect(spool.counts(0)).toMatchObject({ pending: 0, waitingBytes: 0, oldestWaiting: null });
    expect(spool.counts(1)).toMatchObject({ pending: 1, oldestWaiting: expect.any(Number) as number });
    expect(texts(drain(spool, 1))).toEqual(['large']);
  });

  it('rotates segments and deletes those of which everything is settled, in any order', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { segmentBytes: 1000 });
    for (let n = 1; n <= 20; n++) spool.append(['x'.repeat(300)]);
    const before = segmentsBelow(dir);
    expect(before.length).toBeGreaterThanOrEqual(7);
    for (const path of before) expect(readFileSync(path).length).toBeLessThanOrEqual(1000);
    const records = spool.take();
    spool.acknowledge(records.slice(4, 8));
    expect(segmentsBelow(dir)).toEqual(before);
    expect(spool.persistCursor()).toBe(true);
    expect(segmentsBelow(dir).length).toBe(before.length - 2);
    spool.acknowledge(records);
    spool.persistCursor();
    expect(segmentsBelow(dir)).toEqual(before.slice(-1));
  });

  it('makes a payload larger than a segment a segment of its own', () => {
    const { spool } = openSpool(temporaryFolder(), { segmentBytes: 1000 });
    const payloads = ['a', 'b'.repeat(600_000), 'c'];
    spool.append(payloads);
    expect(texts(drain(spool))).toEqual(payloads);
  });

  it('stores a burst of 200,000 records in one call', () => {
    const { spool } = openSpool(temporaryFolder());
    const payloads = numbered(200_000);
    expect(spool.append(payloads)).toMatchObject({ stored: 200_000, lastSeq: 200_000 });
    const read = texts(drain(spool));
    expect(read.length).toBe(200_000);
    expect(read.every((text, index) => text === payloads[index])).toBe(true);
  });

  it('survives the next open: what is settled stays settled, the rest is adopted', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { segmentBytes: 2000 });
    spool.append(numbered(100));
    const records = spool.take();
    // Out of order: two batches in flight, the later one is acknowledged; the rest is still in flight at the end.
    spool.acknowledge(records.slice(40, 60));
    spool.acknowledge(records.slice(0, 10));
    spool.close();
    const next = openSpool(dir);
    const { adopted } = next.spool.claimDead();
    expect(adopted).toMatchObject([{ records: 70 }]);
    expect(texts(drain(next.spool))).toEqual([...numbered(30, 11), ...numbered(40, 61)]);
    expect(next.notices).toEqual([]);
  });

  it('removes its folder at close where nothing is pending, and those it adopted', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(3));
    first.close();
    const second = openSpool(dir).spool;
    second.claimDead();
    drain(second);
    second.append(numbered(2));
    drain(second);
    second.persistCursor();
    second.close();
    expect(readdirSync(join(dir, 'instances'))).toEqual([]);
  });

  it('makes a cursor anew that was removed: what is delivered stays so', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir, { segmentBytes: 300 }).spool;
    const { instance } = first.append(numbered(20));
    rmSync(join(dir, 'instances', instance, 'lane-0', 'cursor'));
    first.acknowledge(first.take({ maxRecords: 15 }));
    expect(first.persistCursor()).toBe(true);
    first.close();
    const second = openSpool(dir);
    expect(second.spool.claimDead().adopted).toMatchObject([{ records: 5 }]);
    rmSync(join(dir, 'instances', second.spool.instance!, 'adopted', instance, 'lane-0', 'cursor'));
    expect(texts(drain(second.spool))).toEqual(numbered(5, 16));
    expect(second.spool.persistCursor()).toBe(true);
    expect(second.notices).toEqual([]);
    second.spool.close();
    expect(readdirSync(join(dir, 'instances'))).toEqual([]);
  });

  it('removes an adopted folder that is over, though the cursor of another cannot be saved', () => {
    const dir = temporaryFolder();
    const [stuck, fine] = [1, 2].map((n) => {
      const { spool } = openSpool(dir);
      const { instance } = spool.append(numbered(1, n));
      spool.close();
      return instance;
    });
    const { spool } = openSpool(dir);
    spool.claimDead();
    drain(spool);
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      if (String(args[0]).endsWith(join(stuck!, 'lane-0', 'cursor'))) throw systemError('EACCES');
      return real(...args);
    });
    expect(spool.persistCursor()).toBe(false);
    expect(readdirSync(join(dir, 'instances', spool.instance!, 'adopted'))).toEqual([stuck]);
    expect(fine).not.toBe(stuck);
  });

  it('fixes at the beginning where a relative folder lies: the application may change its folder of work', () => {
    expect(spoolSettings({ dir: 'spool', destination: 'd' }).dir).toBe(join(process.cwd(), 'spool'));
  });

  it('closes without an error where closing a file gives one', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(2));
    spool.take({ maxRecords: 1 });
    let isBroken = true;
    replaceFs('closeSync', (real) => (fd) => {
      real(fd);
      if (isBroken) throw systemError('EIO');
    });
    spool.close();
    isBroken = false;
    expect(openSpool(dir).spool.claimDead().adopted).toMatchObject([{ records: 2 }]);
  });

  it('makes folders for the owner only, files likewise, under any umask', () => {
    const dir = join(temporaryFolder(), 'not', 'yet');
    const { spool } = openSpool(dir);
    spool.append(numbered(2));
    spool.deadLetter(spool.take({ maxRecords: 1 }), 'refused');
    const below = modesBelow(join(dir, '..'));
    expect(below.length).toBeGreaterThanOrEqual(8);
    for (const { path, isFolder, mode } of below) expect(`${path} ${mode}`).toBe(`${path} ${isFolder ? 700 : 600}`);
  });

  it('throws a typed error before it is opened and after it is closed', () => {
    const dir = temporaryFolder();
    const spool = new Spool({ dir, destination: 'd' });
    expect(existsSync(join(dir, 'instances'))).toBe(false);
    expect(() => spool.append(['x'])).toThrow(SpoolWriteError);
    expect(spool.failure?.code).toBe('NOT_OPEN');
    spool.tryResume();
    spool.close();
    spool.close();
    expect(spool.tryResume()).toBe(false);
    expect(() => spool.append(['x'])).toThrow(expect.objectContaining({ code: 'CLOSED', stored: 0 }));
    expect(spool.take()).toEqual([]);
  });

  it('refuses what the format cannot hold, and goes on', () => {
    const { spool } = openSpool(temporaryFolder());
    expect(() => spool.append(['a', Buffer.alloc(16 * 1024 * 1024 + 1)])).toThrow(RangeError);
    expect(() => spool.append(['a'], { lane: 256 })).toThrow(RangeError);
    spool.append(['a', Buffer.alloc(16 * 1024 * 1024)], { time: -5.5 });
    expect(spool.take({ maxBytes: Infinity }).map(({ time, payload }) => [time, payload.length])).toEqual([
      [0, 1],
      [0, 16 * 1024 * 1024],
    ]);
  });

  it('refuses a destination that the format cannot hold', () => {
    expect(() => new Spool({ dir: '/nowhere', destination: '' })).toThrow(RangeError);
    expect(() => new Spool({ dir: '/nowhere', destination: 'x'.repeat(65) })).toThrow(RangeError);
  });
});
