import { appendFileSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectSpool, visitPending } from '../../src/spool/inspect-spool.js';
import { replaceFs } from './replace-fs.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';

describe('inspectSpool', () => {
  it('tells the living, the dead, the adopted and the foreign, with what they hold', () => {
    const dir = temporaryFolder();
    const dead = openSpool(dir, { segmentBytes: 500, now: () => 1_790_000_000_000 }).spool;
    const adopted = dead.append(numbered(20)).instance;
    dead.acknowledge(dead.take({ maxRecords: 5 }));
    dead.close();
    const live = openSpool(dir).spool;
    live.claimDead();
    const own = live.append(numbered(3)).instance;
    live.append(['x'], { lane: 1 });
    const foreign = openSpool(dir, { destination: 'another key' }).spool;
    const other = foreign.append(numbered(2)).instance;
    foreign.close();
    const inspected = inspectSpool(dir);
    const byId = Object.fromEntries(inspected.instances.map((instance) => [instance.id, instance]));
    expect(Object.keys(byId).sort()).toEqual([adopted, own, other].sort());
    expect(byId[adopted]).toMatchObject({ adoptedBy: own, isAlive: true, pending: 15, oldestTime: 1_790_000_000_000 });
    expect(byId[own]).toMatchObject({ adoptedBy: null, isAlive: true, pending: 4, damaged: 0, segments: 2 });
    expect(byId[other]).toMatchObject({ isAlive: false, pending: 2, destinations: ['another key'], heartbeat: 0 });
    const onDisk = segmentsBelow(dir).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(inspected.instances.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(onDisk);
  });

  it('changes nothing: not a byte, not a time', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(5));
    spool.deadLetter(spool.take({ maxRecords: 1 }), 'refused');
    spool.persistCursor();
    const before = fingerprint(dir);
    const { instances } = inspectSpool(dir);
    expect(instances).toMatchObject([{ pending: 4 }]);
    visitPending(dir, () => undefined);
    expect(fingerprint(dir)).toEqual(before);
    expect(texts(drain(spool))).toEqual(numbered(4, 2));
  });

  it('takes half a write at the end of a live segment for no damage, and of a dead one for damage', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(3));
    spool.persistCursor();
    const [path] = segmentsBelow(dir);
    const bytes = readFileSync(path!);
    appendFileSync(path!, bytes.subarray(160, 180));
    expect(inspectSpool(dir).instances).toMatchObject([{ isAlive: true, pending: 3, damaged: 0 }]);
    expect(inspectSpool(dir, { hungMs: 0 }).instances).toMatchObject([{ isAlive: false, pending: 3, damaged: 1 }]);
  });

  it('takes what is delivered and deleted while it looks for no damage', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { segmentBytes: 300 });
    for (let n = 1; n <= 30; n++) spool.append(numbered(1, n));
    spool.persistCursor();
    const segments = segmentsBelow(dir).length;
    let opened = 0;
    let deleted = 0;
    replaceFs('openSync', (real) => (...args: Parameters<typeof real>) => {
      // Each is opened once for its header; then, from the first one on, they go.
      if (String(args[0]).endsWith('.seg') && ++opened === segments + 3) {
        deleted = drain(spool).length;
        spool.persistCursor();
      }
      return real(...args);
    });
    expect(inspectSpool(dir).instances).toMatchObject([{ damaged: 0 }]);
    expect(deleted).toBe(30);
  });

  it('counts damage in the middle', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(9));
    const [path] = segmentsBelow(dir);
    const bytes = readFileSync(path!);
    for (const n of [3, 7]) bytes[bytes.indexOf(`{"n":${n}}`)]! ^= 1;
    writeFileSync(path!, bytes);
    expect(inspectSpool(dir).instances).toMatchObject([{ pending: 7, damaged: 2 }]);
  });

  it('counts dead letters by reason and destination', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(3));
    for (const record of spool.take()) spool.deadLetter([record], record.seq === 1 ? 'first' : 'later');
    writeFileSync(join(dir, 'dead', 'strange.0000000000000001.0000.seg'), 'no header');
    expect(inspectSpool(dir).dead).toMatchObject({
      files: 2,
      letters: 3,
      unreadableFiles: 1,
      byDestination: { 'key-and-host': 3 },
      byReason: { first: 1, later: 2 },
    });
  });

  it('shows progress, and an empty folder as empty', () => {
    const dir = temporaryFolder();
    expect(inspectSpool(dir).instances).toEqual([]);
    openSpool(dir);
    openSpool(dir);
    const steps: string[] = [];
    inspectSpool(dir, { onProgress: (done, total) => steps.push(`${done}/${total}`) });
    expect(steps).toEqual(['1/2', '2/2']);
  });

  it('throws where there is no spool, or only a symbolic link to one', () => {
    const dir = temporaryFolder();
    expect(() => inspectSpool(join(dir, 'none'))).toThrow('ENOENT');
    symlinkSync(dir, join(dir, 'link'));
    expect(() => inspectSpool(join(dir, 'link'))).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });
});

describe('visitPending', () => {
  it('gives what is pending everywhere, with where it goes, and not what is settled', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    spool.append(numbered(5));
    spool.acknowledge(spool.take({ maxRecords: 2 }));
    spool.persistCursor();
    const foreign = openSpool(dir, { destination: 'another key' }).spool;
    foreign.append(['other']);
    const seen: string[] = [];
    visitPending(dir, ({ payload }, destination) => seen.push(`${destination} ${payload.toString()}`));
    expect(seen.sort()).toEqual(['another key other', ...numbered(3, 3).map((text) => `key-and-host ${text}`)]);
  });
});

function fingerprint(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map((path) => {
    const stats = statSync(join(dir, path));
    const bytes = stats.isFile() ? readFileSync(join(dir, path)).toString('base64') : '';
    return `${path} ${stats.mtimeMs} ${stats.mode} ${bytes}`;
  });
}
