import { chmodSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../src/spool/spool.js';
import type { SpoolWriteError } from '../../src/spool/spool-write-error.js';
import { mount, mountedFolder } from './mounted-folder.js';
import { replaceFs, systemError } from './replace-fs.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';

describe('a disk that fails', () => {
  it('full: throws, keeps what was stored, can be drained, and goes on when there is room', ({ skip }) => {
    const dir = mountedFolder('1m');
    if (!dir) return skip('may not mount');
    const { spool, notices } = openSpool(dir, { segmentBytes: 100_000 });
    const payloads = Array.from({ length: 2000 }, (_, i) => `${i} `.padEnd(1000, 'x'));
    let stored = 0;
    const error = failureOf(() => {
      for (; stored < payloads.length; stored += 7) spool.append(payloads.slice(stored, stored + 7));
    });
    expect(error).toMatchObject({ code: 'ENOSPC', stored: 0 });
    expect(stored).toBeGreaterThan(800);
    expect(failureOf(() => spool.append(['y'])).code).toBe('ENOSPC');
    expect(spool.tryResume()).toBe(false);
    expect(spool.counts().pending).toBe(stored);
    const first = spool.take({ maxRecords: 500 });
    spool.acknowledge(first);
    expect(spool.persistCursor()).toBe(true);
    expect(spool.tryResume()).toBe(true);
    spool.append(payloads.slice(stored, stored + 100));
    expect(texts([...first, ...drain(spool)])).toEqual(payloads.slice(0, stored + 100));
    expect(notices).toEqual([]);
  });

  it('full in the midst of several writes: says how many are stored', ({ skip }) => {
    const dir = mountedFolder('6m');
    if (!dir) return skip('may not mount');
    const { spool } = openSpool(dir);
    const payloads = Array.from({ length: 10 }, (_, i) => `${i}`.padEnd(1_000_000, 'x'));
    const error = failureOf(() => spool.append(payloads));
    expect(error.code).toBe('ENOSPC');
    expect(error.stored).toBe(4);
    expect(texts(drain(spool)).map((text) => text[0])).toEqual(['0', '1', '2', '3']);
  });

  it('full when the process dies: the next one opens all the same, and reads everything that was stored', ({
    skip,
  }) => {
    const dir = mountedFolder('1m');
    if (!dir) return skip('may not mount');
    const { spool } = openSpool(dir, { hungMs: 0 });
    let stored = 0;
    failureOf(() => {
      for (;;) stored = spool.append(numbered(50, stored + 1)).lastSeq;
    });
    const next = openSpool(dir, { hungMs: 0 });
    expect(next.spool.claimDead().adopted).toMatchObject([{ records: stored }]);
    expect(texts(drain(next.spool))).toEqual(numbered(stored));
    expect(next.notices).toEqual([]);
  });

  it('read-only: does not open, and opens when it can', ({ skip }) => {
    const dir = mountedFolder('1m');
    if (!dir) return skip('may not mount');
    mount(['-o', 'remount,ro', dir]);
    const spool = new Spool({ dir, destination: 'd' });
    expect(spool.tryResume()).toBe(false);
    expect(spool.failure?.code).toBe('EROFS');
    expect(failureOf(() => spool.append(['x'])).code).toBe('EROFS');
    mount(['-o', 'remount,rw', dir]);
    expect(spool.tryResume()).toBe(true);
    spool.append(['x']);
    expect(texts(drain(spool))).toEqual(['x']);
    spool.close();
  });

  it('read-only meanwhile: reads on, throws, and goes on in its own folder', ({ skip }) => {
    const dir = mountedFolder('1m');
    if (!dir) return skip('may not mount');
    const { spool, notices } = openSpool(dir, { segmentBytes: 300 });
    const { instance } = spool.append(numbered(5));
    // A full disk first: the segment is closed then, and only so the system lets it be remounted.
    const filler = join(dir, 'filler');
    failureOf(() => {
      for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: 'a' });
    });
    expect(failureOf(() => spool.append([`"${'x'.repeat(10_000)}"`])).code).toBe('ENOSPC');
    unlinkSync(filler);
    mount(['-o', 'remount,ro', dir]);
    expect(spool.tryResume()).toBe(false);
    expect(spool.failure?.code).toBe('EROFS');
    const taken = spool.take();
    expect(texts(taken)).toEqual(numbered(5));
    spool.acknowledge(taken);
    expect(spool.persistCursor()).toBe(false);
    spool.heartbeat();
    mount(['-o', 'remount,rw', dir]);
    expect(spool.persistCursor()).toBe(true);
    expect(spool.tryResume()).toBe(true);
    expect(spool.append(numbered(2, 6))).toMatchObject({ instance, firstSeq: 6 });
    expect(texts(drain(spool))).toEqual(numbered(2, 6));
    expect(notices).toEqual([]);
  });

  it('an error in the middle of a write: what was written is taken back', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir, { hungMs: 0 });
    spool.append(numbered(3));
    let calls = 0;
    replaceFs(
      'writeSync',
      (real) =>
        ((...args: [number, Buffer, number, number, number]) => {
          if (calls++ > 0) throw systemError('EIO');
          return real(args[0], args[1], args[2], Math.min(args[3], 90), args[4]);
        }) as typeof real,
    );
    expect(failureOf(() => spool.append(numbered(5, 4)))).toMatchObject({ code: 'EIO', stored: 0 });
    const [path] = segmentsBelow(dir);
    expect(statSync(path!).size).toBe(spool.counts().bytes);
    calls = -1000;
    expect(spool.tryResume()).toBe(true);
    spool.append(numbered(5, 4));
    expect(texts(drain(spool))).toEqual(numbered(8));
    expect(notices).toEqual([]);
  });

  it('an error that cannot be taken back: the next process does not read it twice, nor sees a gap', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { hungMs: 0, fsync: true });
    spool.append(numbered(3));
    let isBroken = true;
    replaceFs('fdatasyncSync', (real) => (fd) => {
      if (isBroken) throw systemError('EIO');
      real(fd);
    });
    replaceFs('ftruncateSync', (real) => (fd, length) => {
      if (isBroken) throw systemError('EIO');
      real(fd, length);
    });
    expect(failureOf(() => spool.append(numbered(5, 4))).code).toBe('EIO');
    isBroken = false;
    expect(spool.tryResume()).toBe(true);
    spool.append(numbered(2, 100));
    const next = openSpool(dir, { hungMs: 0 });
    expect(next.spool.claimDead().adopted).toMatchObject([{ records: 5 }]);
    expect(texts(drain(next.spool))).toEqual([...numbered(3), ...numbered(2, 100)]);
    expect(next.notices).toEqual([]);
  });

  it('short writes are carried on', () => {
    const { spool } = openSpool(temporaryFolder());
    replaceFs(
      'writeSync',
      (real) =>
        ((...args: [number, Buffer, number, number, number]) =>
          real(args[0], args[1], args[2], Math.min(args[3], 11), args[4])) as typeof real,
    );
    spool.append(numbered(20));
    expect(texts(drain(spool))).toEqual(numbered(20));
  });

  it('waits for the disk with fsync, for each append once, and not without', () => {
    const calls: number[] = [];
    replaceFs('fdatasyncSync', (real) => (fd) => {
      calls.push(fd);
      real(fd);
    });
    const { spool } = openSpool(temporaryFolder(), { fsync: true });
    spool.append(numbered(3));
    expect(calls.length).toBe(1);
    spool.append(numbered(3, 4));
    expect(calls.length).toBe(2);
    expect(texts(drain(spool))).toEqual(numbered(6));
    const without = openSpool(temporaryFolder()).spool;
    without.append(numbered(3));
    without.persistCursor();
    expect(calls.length).toBe(2);
  });

  it('a block that cannot be read: the records around it are read', () => {
    const { spool, notices } = openSpool(temporaryFolder());
    spool.append(Array.from({ length: 100 }, (_, index) => `${index + 1} `.padEnd(1_000, 'x')));
    replaceFs(
      'readSync',
      (real) =>
        ((...args: [number, Buffer, number, number, number]) => {
          const [fd, buffer, offset, length, position] = args;
          // The second block of the segment is bad.
          if (position < 8_192 && position + length > 4_096) throw systemError('EIO');
          return real(fd, buffer, offset, length, position);
        }) as typeof real,
    );
    const read = texts(drain(spool)).map((text) => parseInt(text, 10));
    const lost = notices.reduce((sum, notice) => sum + (notice.kind === 'damaged' ? notice.count : 0), 0);
    expect(read.length + lost).toBe(100);
    expect(lost).toBeGreaterThan(3);
    expect(lost).toBeLessThan(8);
    expect(read.slice(0, 2)).toEqual([1, 2]);
    expect(read.at(-1)).toBe(100);
  });

  it('a reading that fails half-way gives what it has, and the rest later', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(2));
    first.close();
    const { spool, notices } = openSpool(dir);
    spool.claimDead();
    const { instance } = spool.append(numbered(2, 3));
    let isFull = true;
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      const path = String(args[0]);
      const isOurs = path.includes(instance) && !path.includes('adopted');
      if (isFull && isOurs && path.endsWith('.seg')) throw systemError('EMFILE');
      return real(...args);
    });
    expect(texts(spool.take())).toEqual(numbered(2));
    expect(() => spool.take()).toThrow('EMFILE');
    isFull = false;
    expect(texts(drain(spool))).toEqual(numbered(2, 3));
    expect(notices).toEqual([]);
  });

  it('too many open files: reading throws and loses nothing', () => {
    const { spool, notices } = openSpool(temporaryFolder());
    spool.append(numbered(3));
    let isFull = true;
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      if (isFull && String(args[0]).endsWith('.seg')) throw systemError('EMFILE');
      return real(...args);
    });
    expect(() => spool.take()).toThrow('EMFILE');
    expect(spool.counts()).toMatchObject({ pending: 3, oldestTime: null });
    isFull = false;
    expect(texts(drain(spool))).toEqual(numbered(3));
    expect(notices).toEqual([]);
  });
});

describe('a folder that goes away', () => {
  it('removed under the writer: the append goes to a new folder, what is gone is told exactly', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    spool.append(numbered(10));
    const flying = spool.take({ maxRecords: 2 });
    const back = spool.take({ maxRecords: 2 });
    spool.acknowledge(spool.take({ maxRecords: 1 }));
    spool.putBack(back);
    const { instance } = spool.append(['{"n":11}']);
    rmSync(join(dir, 'instances'), { recursive: true });
    expect(spool.append(numbered(3, 20))).toMatchObject({ stored: 3, firstSeq: 1 });
    // 10 and 1 appended, 1 settled, 2 in flight and 2 put back in memory.
    expect(notices).toEqual([{ kind: 'removed', instance, count: 6, own: 6 }]);
    spool.putBack(flying);
    expect(spool.counts().pending).toBe(7);
    expect(texts(drain(spool))).toEqual([...numbered(4), ...numbered(3, 20)]);
    spool.persistCursor();
    expect(spool.counts()).toMatchObject({ pending: 0, inFlight: 0 });
  });

  it('the whole spool removed, and a file in its place: throws until that is gone', () => {
    const dir = join(temporaryFolder(), 'spool');
    const { spool } = openSpool(dir);
    spool.append(numbered(2));
    rmSync(dir, { recursive: true });
    writeFileSync(dir, '');
    expect(failureOf(() => spool.append(['x'])).code).toBe('EEXIST');
    expect(spool.failure?.code).toBe('EEXIST');
    unlinkSync(dir);
    expect(spool.tryResume()).toBe(true);
    spool.append(['x']);
    expect(texts(drain(spool))).toEqual(['x']);
  });

  it('only the lane removed: a new folder, the loss is told', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    const { instance } = spool.append(numbered(4));
    rmSync(join(dir, 'instances', instance, 'lane-0'), { recursive: true });
    spool.append(numbered(2, 5));
    expect(notices).toEqual([{ kind: 'removed', instance, count: 4, own: 4 }]);
    expect(texts(drain(spool))).toEqual(numbered(2, 5));
  });

  it('finds out by the heartbeat too', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    const { instance } = spool.append(numbered(4));
    spool.heartbeat();
    expect(notices).toEqual([]);
    rmSync(join(dir, 'instances', instance), { recursive: true });
    spool.heartbeat();
    expect(notices).toEqual([{ kind: 'removed', instance, count: 4, own: 4 }]);
    expect(spool.failure).toBeNull();
  });

  it('moved away and back while nothing could be made in its place: goes on where it was', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    const { instance } = spool.append(numbered(4));
    renameSync(join(dir, 'instances'), join(dir, 'elsewhere'));
    writeFileSync(join(dir, 'instances'), '');
    expect(failureOf(() => spool.append(numbered(1, 5))).code).toBe('ENOTDIR');
    unlinkSync(join(dir, 'instances'));
    renameSync(join(dir, 'elsewhere'), join(dir, 'instances'));
    expect(spool.tryResume()).toBe(true);
    expect(spool.append(numbered(1, 5))).toMatchObject({ instance });
    expect(texts(drain(spool))).toEqual(numbered(5));
    expect(notices).toEqual([]);
  });
});

describe('symbolic links', () => {
  it('are refused as the spool, as its folders and as segments', () => {
    const outside = temporaryFolder();
    const link = join(temporaryFolder(), 'spool');
    symlinkSync(outside, link);
    const linked = new Spool({ dir: link, destination: 'd' });
    expect(linked.tryResume()).toBe(false);
    expect(linked.failure?.code).toBe('ELOOP');
    const dir = temporaryFolder();
    symlinkSync(outside, join(dir, 'instances'));
    const inside = new Spool({ dir, destination: 'd' });
    expect(inside.tryResume()).toBe(false);
    expect(inside.failure?.code).toBe('ELOOP');
    expect(segmentsBelow(outside)).toEqual([]);
  });

  it('in the place of a segment is not read: its records are lost, and told', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    spool.append(numbered(4));
    const [path] = segmentsBelow(dir);
    renameSync(path!, join(dir, 'moved'));
    symlinkSync(join(dir, 'moved'), path!);
    expect(drain(spool)).toEqual([]);
    expect(notices).toMatchObject([{ kind: 'damaged', count: 4 }]);
  });

  it('an instance folder that is one is not claimed', () => {
    const dir = temporaryFolder();
    const other = temporaryFolder();
    const { spool } = openSpool(other);
    const { instance } = spool.append(numbered(3));
    spool.close();
    mkdirSync(join(dir, 'instances'));
    symlinkSync(join(other, 'instances', instance), join(dir, 'instances', instance));
    const next = openSpool(dir);
    expect(next.spool.claimDead().adopted).toEqual([]);
  });
});

describe('folders that exist', () => {
  it('are narrowed inside the spool, the spool itself keeps its mode', () => {
    const dir = temporaryFolder();
    chmodSync(dir, 0o755);
    mkdirSync(join(dir, 'instances'), { mode: 0o755 });
    openSpool(dir);
    expect((statSync(dir).mode & 0o777).toString(8)).toBe('755');
    expect((statSync(join(dir, 'instances')).mode & 0o777).toString(8)).toBe('700');
  });
});

function failureOf(act: () => unknown): SpoolWriteError {
  try {
    act();
  } catch (error) {
    return error as SpoolWriteError;
  }
  throw new Error('nothing failed');
}
