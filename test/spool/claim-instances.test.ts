import { mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crc32 } from 'node:zlib';
import { replaceFs } from './replace-fs.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';

const START = 1_790_000_000_000;

describe('claiming', () => {
  it('leaves an instance alone while its process runs and its heart beats', () => {
    const dir = temporaryFolder();
    let now = START;
    const first = openSpool(dir, { now: () => now }).spool;
    first.append(numbered(3));
    const { spool } = openSpool(dir, { now: () => now });
    for (let minute = 0; minute < 30; minute++) {
      now += 60_000;
      first.heartbeat();
      expect(spool.claimDead()).toEqual({ adopted: [], left: [] });
    }
    expect(texts(drain(first))).toEqual(numbered(3));
  });

  it('adopts at once what was released', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    first.append(numbered(3));
    first.close();
    const { spool } = openSpool(dir);
    spool.append(numbered(2, 4));
    expect(spool.claimDead().adopted).toMatchObject([{ records: 3 }]);
    expect(texts(drain(spool))).toEqual(numbered(5));
  });

  it('adopts at once from a process that runs no more, though its id does again', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    const { instance } = first.append(numbered(3));
    rewriteOwner(dir, instance, (owner) => ({ ...owner, started: '1' }));
    expect(openSpool(dir).spool.claimDead().adopted).toMatchObject([{ instance, records: 3 }]);
  });

  it('waits for the heartbeat of one that runs elsewhere to be stale', () => {
    const dir = temporaryFolder();
    let now = START;
    const first = openSpool(dir, { now: () => now }).spool;
    const { instance } = first.append(numbered(3));
    rewriteOwner(dir, instance, (owner) => ({ ...owner, host: 'elsewhere', pid: 999_999_999 }));
    first.heartbeat();
    const { spool } = openSpool(dir, { now: () => now });
    now += 59_000;
    expect(spool.claimDead().adopted).toEqual([]);
    now += 2000;
    expect(spool.claimDead().adopted).toMatchObject([{ instance }]);
  });

  it('takes an instance elsewhere for dead whose heartbeat lies in the future, once it was silent for our own time', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir, { now: () => START + 365 * 86_400_000 }).spool;
    const { instance } = first.append(numbered(3));
    rewriteOwner(dir, instance, (owner) => ({ ...owner, host: 'elsewhere' }));
    first.heartbeat();
    let elapsed = 0;
    const { spool } = openSpool(dir, { now: () => START, monotonic: () => elapsed });
    const isAdopted = () => spool.claimDead().adopted.length > 0;
    expect(isAdopted()).toBe(false);
    elapsed = 59_000;
    expect(isAdopted()).toBe(false);
    utimesSync(join(dir, 'instances', instance, 'owner'), START / 1_000 + 86_400, START / 1_000 + 86_400);
    elapsed = 61_000;
    expect(isAdopted()).toBe(false);
    elapsed = 120_999;
    expect(isAdopted()).toBe(false);
    elapsed = 121_000;
    expect(isAdopted()).toBe(true);
  });

  it('judges one without a readable owner by its segments', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    const { instance } = first.append(numbered(3));
    first.close();
    const path = join(dir, 'instances', instance, 'owner');
    writeFileSync(path, '{"damaged');
    utimesSync(path, 0, 0);
    const { spool } = openSpool(dir);
    expect(spool.claimDead().adopted).toMatchObject([{ instance, records: 3 }]);
    expect(texts(drain(spool))).toEqual(numbered(3));
  });

  it('inherits what the dead one had adopted', () => {
    const dir = temporaryFolder();
    for (let round = 0; round < 4; round++) {
      const { spool } = openSpool(dir);
      spool.claimDead();
      spool.append(numbered(2, 1 + 2 * round));
      // Something adopted is half done: the second of each pair stays.
      spool.acknowledge(spool.take({ maxRecords: 1 }));
      spool.close();
    }
    const { spool, notices } = openSpool(dir);
    const { adopted } = spool.claimDead();
    expect(adopted.reduce((sum, { records }) => sum + records, 0)).toBe(4);
    expect(spool.counts().pending).toBe(4);
    expect(drain(spool).length).toBe(4);
    expect(notices).toEqual([]);
    spool.persistCursor();
    spool.close();
    expect(readdirSync(join(dir, 'instances'))).toEqual([]);
  });

  it('leaves the records of another destination untouched, and tells', () => {
    const dir = temporaryFolder();
    const foreign = openSpool(dir, { destination: 'another key' }).spool;
    const { instance } = foreign.append(numbered(3));
    foreign.close();
    const [path] = segmentsBelow(dir);
    const before = readFileSync(path!);
    const { spool } = openSpool(dir);
    expect(spool.claimDead()).toEqual({ adopted: [], left: [{ instance, reason: 'foreign' }] });
    expect(spool.take()).toEqual([]);
    expect(readFileSync(path!).equals(before)).toBe(true);
    const again = openSpool(dir, { destination: 'another key' }).spool;
    again.claimDead();
    expect(texts(drain(again))).toEqual(numbered(3));
  });

  it('is not deceived by an owner file that names our destination over foreign segments', () => {
    const dir = temporaryFolder();
    const foreign = openSpool(dir, { destination: 'another key' }).spool;
    const { instance } = foreign.append(numbered(3));
    foreign.close();
    rewriteOwner(dir, instance, (owner) => ({ ...owner, destination: 'key-and-host', started: '1' }));
    expect(openSpool(dir).spool.claimDead().left).toEqual([{ instance, reason: 'foreign' }]);
  });

  it('leaves segments of a newer version untouched, and tells', () => {
    const dir = temporaryFolder();
    const newer = openSpool(dir).spool;
    const { instance } = newer.append(numbered(3));
    newer.close();
    const [path] = segmentsBelow(dir);
    const bytes = readFileSync(path!);
    bytes.writeUInt16LE(2, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 156)), 156);
    writeFileSync(path!, bytes);
    expect(openSpool(dir).spool.claimDead()).toEqual({ adopted: [], left: [{ instance, reason: 'newer' }] });
    expect(readFileSync(path!).equals(bytes)).toBe(true);
  });

  it('leaves a folder that was renamed by hand', () => {
    const dir = temporaryFolder();
    const first = openSpool(dir).spool;
    const { instance } = first.append(numbered(3));
    first.close();
    renameSync(join(dir, 'instances', instance), join(dir, 'instances', 'by-hand'));
    expect(openSpool(dir).spool.claimDead().left).toEqual([{ instance: 'by-hand', reason: 'unreadable' }]);
  });

  it('adopts from an instance that only hangs; when it wakes up nothing is lost, and what left is told', () => {
    const dir = temporaryFolder();
    let now = START;
    const asleep = openSpool(dir, { now: () => now });
    const { instance } = asleep.spool.append(numbered(10));
    const flying = asleep.spool.take({ maxRecords: 2 });
    now += 11 * 60_000;
    const { spool } = openSpool(dir, { now: () => now });
    expect(spool.claimDead().adopted).toMatchObject([{ instance, records: 10 }]);
    const stored = asleep.spool.append(numbered(3, 11));
    expect(stored).toMatchObject({ stored: 3, firstSeq: 1 });
    expect(stored.instance).not.toBe(instance);
    expect(asleep.notices).toEqual([{ kind: 'claimed', instance, count: 8, own: 8 }]);
    expect(asleep.spool.acknowledge(flying)).toBe(2);
    expect(texts(drain(asleep.spool))).toEqual(numbered(3, 11));
    expect(texts(drain(spool))).toEqual(numbered(10));
  });

  it('tells one that only hung that it was claimed, though what it left is delivered and gone', () => {
    const { asleep, instance, spool } = claimedWhileAsleep();
    drain(spool);
    spool.persistCursor();
    asleep.spool.heartbeat();
    expect(asleep.notices).toEqual([{ kind: 'claimed', instance, count: 5, own: 5 }]);
  });

  it('forgets after a day whom it claimed', () => {
    const { dir, instance, spool, wait } = claimedWhileAsleep();
    expect(readdirSync(join(dir, 'claimed'))).toEqual([instance]);
    wait(24 * 60 * 60_000);
    spool.claimDead();
    expect(readdirSync(join(dir, 'claimed'))).toEqual([instance]);
    wait(1);
    spool.claimDead();
    expect(readdirSync(join(dir, 'claimed'))).toEqual([]);
  });

  it('takes nothing for damaged that another claimed before it was read', () => {
    const { asleep, instance, spool } = claimedWhileAsleep();
    expect(asleep.spool.take()).toEqual([]);
    expect(asleep.notices).toEqual([{ kind: 'claimed', instance, count: 5, own: 5 }]);
    expect(asleep.spool.failure).toBeNull();
    expect(texts(drain(spool))).toEqual(numbered(5));
  });

  it('leaves to another what that one claimed between our look and our rename', () => {
    const dir = temporaryFolder();
    for (let n = 0; n < 3; n++) {
      const { spool } = openSpool(dir);
      spool.append(numbered(1, n));
      spool.close();
    }
    const slow = openSpool(dir).spool;
    const fast = openSpool(dir).spool;
    let isFirst = true;
    replaceFs('renameSync', (real) => (from, to) => {
      if (isFirst && String(to).includes('adopted')) {
        isFirst = false;
        fast.claimDead();
      }
      real(from, to);
    });
    expect(slow.claimDead()).toEqual({ adopted: [], left: [] });
    expect(texts(drain(fast)).sort()).toEqual(numbered(3, 0));
  });

  it('takes over what a claim that was cut short has left below what it claimed', () => {
    const dir = temporaryFolder();
    const claimed = openSpool(dir).spool;
    const { instance } = claimed.append(numbered(2));
    claimed.close();
    const claimer = openSpool(dir).spool;
    const { instance: middle } = claimer.append(numbered(1, 3));
    // As if the second of the two renames had failed.
    const nested = join(dir, 'instances', middle, 'adopted');
    mkdirSync(nested);
    renameSync(join(dir, 'instances', instance), join(nested, instance));
    claimer.close();
    const { spool } = openSpool(dir);
    const ours = join(dir, 'instances', spool.instance ?? '', 'adopted');
    mkdirSync(ours);
    renameSync(join(dir, 'instances', middle), join(ours, middle));
    expect(
      spool
        .claimDead()
        .adopted.map(({ records }) => records)
        .sort(),
    ).toEqual([1, 2]);
    expect(texts(drain(spool)).sort()).toEqual(numbered(3));
  });

  it('sweeps a folder that never got its name', () => {
    const dir = temporaryFolder();
    let now = Date.now();
    const first = openSpool(dir).spool;
    const { instance } = first.append(numbered(1));
    drain(first);
    first.persistCursor();
    renameSync(join(dir, 'instances', instance), join(dir, 'instances', `.new-${instance}`));
    const { spool } = openSpool(dir, { now: () => now });
    spool.claimDead();
    expect(readdirSync(join(dir, 'instances'))).toContain(`.new-${instance}`);
    now += 20 * 60_000;
    spool.claimDead();
    expect(readdirSync(join(dir, 'instances')).length).toBe(1);
  });
});

function claimedWhileAsleep() {
  const dir = temporaryFolder();
  let now = START;
  const asleep = openSpool(dir, { now: () => now });
  const { instance } = asleep.spool.append(numbered(5));
  now += 11 * 60_000;
  const { spool } = openSpool(dir, { now: () => now });
  spool.claimDead();
  return { dir, asleep, instance, spool, wait: (ms: number) => (now += ms) };
}

function rewriteOwner(dir: string, instance: string, change: (owner: Record<string, unknown>) => object): void {
  const path = join(dir, 'instances', instance, 'owner');
  const owner = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(change(owner)));
}
