import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deadLetterFiles, readDeadLetters, type DeadLetter } from '../../src/spool/dead-letter-files.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';
import { replaceFs, systemError } from './replace-fs.js';

describe('dead letters', () => {
  it('leave the queue with their reason, lane and bytes, and outlive the instance', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { now: () => 1_790_000_000_000 });
    spool.append(numbered(3));
    spool.append(['{"é":"😀"}'], { lane: 1 });
    spool.deadLetter(spool.take({ maxRecords: 1 }), '400: no distinct_id');
    spool.deadLetter(spool.take({ lane: 1 }), 'too large');
    expect(spool.counts().pending).toBe(2);
    drain(spool);
    spool.close();
    expect(lettersIn(dir)).toMatchObject([
      { lane: 0, reason: '400: no distinct_id', payload: Buffer.from('{"n":1}'), time: 1_790_000_000_000 },
      { lane: 1, reason: 'too large', payload: Buffer.from('{"é":"😀"}') },
    ]);
    expect(readdirSync(join(dir, 'instances'))).toEqual([]);
  });

  it('are appended again by a replay, all of them, once, to their lanes', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(4));
    first.append(['large'], { lane: 1 });
    first.deadLetter(first.take(), 'refused');
    first.deadLetter(first.take({ lane: 1 }), 'refused');
    const { spool } = openSpool(dir);
    expect(spool.replayDead()).toEqual({ replayed: 5, failure: null });
    expect(spool.replayDead()).toEqual({ replayed: 0, failure: null });
    expect(lettersIn(dir)).toEqual([]);
    expect(texts(drain(spool))).toEqual(numbered(4));
    expect(texts(drain(spool, 1))).toEqual(['large']);
    // The first one had its file open; it goes on in another.
    first.append(['"late"']);
    first.deadLetter(first.take(), 'refused again');
    expect(lettersIn(dir).map(({ reason }) => reason)).toEqual(['refused again']);
  });

  it('are replayed by choice, the others stay', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(6));
    for (const record of spool.take()) spool.deadLetter([record], record.seq % 2 === 0 ? 'even' : 'odd');
    expect(spool.replayDead(({ reason }) => reason === 'even')).toEqual({ replayed: 3, failure: null });
    expect(texts(drain(spool))).toEqual(['{"n":2}', '{"n":4}', '{"n":6}']);
    expect(lettersIn(dir).map(({ payload }) => payload.toString())).toEqual(['{"n":1}', '{"n":3}', '{"n":5}']);
    expect(lettersIn(dir).every(({ reason }) => reason === 'odd')).toBe(true);
  });

  it('of another destination are neither replayed nor deleted', () => {
    const dir = temporaryFolder();
    const foreign = openSpool(dir, { destination: 'another key' }).spool;
    foreign.append(numbered(2));
    foreign.deadLetter(foreign.take(), 'refused');
    const { spool } = openSpool(dir, { maxDeadBytes: 1 });
    expect(spool.replayDead()).toEqual({ replayed: 0, failure: null });
    spool.append(numbered(1));
    spool.deadLetter(spool.take(), 'refused');
    expect(lettersIn(dir).length).toBe(3);
  });

  it('stay dead when the spool cannot take them', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { maxBytes: 1000, segmentBytes: 100, onFull: 'drop-newest' });
    spool.append(numbered(3));
    spool.deadLetter(spool.take(), 'refused');
    spool.persistCursor();
    spool.append(['x'.repeat(600)]);
    const { replayed, failure } = spool.replayDead();
    expect(failure?.code).toBe('EFULL');
    expect(replayed).toBe(1);
    expect(lettersIn(dir).length).toBe(2);
    drain(spool);
    spool.persistCursor();
    expect(spool.replayDead().replayed).toBe(2);
    expect(texts(drain(spool)).sort()).toEqual(numbered(2, 2));
  });

  it('that cannot be stored stay in flight', () => {
    const { spool } = openSpool(temporaryFolder());
    spool.append(numbered(2));
    const records = spool.take();
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      if (String(args[0]).includes('/dead/')) throw systemError('ENOSPC');
      return real(...args);
    });
    expect(() => spool.deadLetter(records, 'refused')).toThrow(expect.objectContaining({ code: 'ENOSPC', stored: 0 }));
    expect(spool.counts()).toMatchObject({ pending: 2, inFlight: 2 });
    spool.putBack(records);
    expect(texts(drain(spool))).toEqual(numbered(2));
  });

  it('are stored beside a file of another user, which is left alone', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(1));
    first.deadLetter(first.take(), 'refused');
    first.close();
    const [theirs = ''] = readdirSync(join(dir, 'dead'));
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      if (String(args[0]).endsWith(theirs)) throw systemError('EACCES');
      return real(...args);
    });
    const { spool } = openSpool(dir, { maxDeadBytes: 1 });
    spool.append(numbered(1, 2));
    spool.deadLetter(spool.take(), 'refused');
    expect(spool.counts()).toMatchObject({ pending: 0, inFlight: 0 });
    expect(readdirSync(join(dir, 'dead'))).toContain(theirs);
  });

  it('are bounded: the oldest files go first, and are counted', () => {
    const dir = temporaryFolder();
    let now = 1_790_000_000_000;
    const { spool, notices } = openSpool(dir, { segmentBytes: 1000, maxDeadBytes: 5000, now: () => (now += 1000) });
    for (let n = 1; n <= 50; n++) {
      spool.append([`${n} `.padEnd(300, 'x')]);
      spool.deadLetter(spool.take(), 'refused');
    }
    const kept = lettersIn(dir).map(({ payload }) => parseInt(payload.toString(), 10));
    const trimmed = notices.reduce(
      (sum, notice) => sum + (notice.kind === 'dead_letters_trimmed' ? notice.count : 0),
      0,
    );
    expect(trimmed).toBe(50 - kept.length);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => trimmed + i + 1));
    expect(kept.length).toBeGreaterThan(8);
  });

  it('whose replay was cut off by a crash are dead letters again', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(4));
    first.deadLetter(first.take({ maxRecords: 2 }), 'refused');
    const { instance } = first.append(numbered(1, 5));
    first.close();
    const [name] = readdirSync(join(dir, 'dead'));
    const replay = join(dir, 'instances', instance, 'replay');
    mkdirSync(replay);
    renameSync(join(dir, 'dead', name!), join(replay, name!));
    const { spool } = openSpool(dir);
    spool.claimDead();
    expect(lettersIn(dir).map(({ payload }) => payload.toString())).toEqual(numbered(2));
    expect(texts(drain(spool))).toEqual(numbered(3, 3));
    spool.persistCursor();
    spool.close();
    expect(readdirSync(join(dir, 'instances'))).toEqual([]);
  });

  it('behind damage are still read', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(3));
    for (const record of spool.take()) spool.deadLetter([record], 'refused');
    const [path] = segmentsBelow(join(dir, 'dead'));
    const bytes = readFileSync(path!);
    bytes[bytes.indexOf('{"n":2}')]! ^= 1;
    writeFileSync(path!, bytes);
    expect(lettersIn(dir).map(({ payload }) => payload.toString())).toEqual(['{"n":1}', '{"n":3}']);
  });
});

function lettersIn(dir: string): DeadLetter[] {
  return deadLetterFiles(dir).flatMap(readDeadLetters);
}
