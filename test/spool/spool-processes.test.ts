import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childScript, compileSpool } from './compile-spool.js';
import { inspectSpool } from '../../src/spool/inspect-spool.js';
import { seededRandom } from './seeded-random.js';
import { drain, numbered, openSpool, temporaryFolder, texts } from './spool-folder.js';

let compiled: string;
let moduleUrl: string;

beforeAll(() => {
  compiled = mkdtempSync(join(tmpdir(), 'naa-spool-module-'));
  moduleUrl = compileSpool(compiled);
});
afterAll(() => rmSync(compiled, { recursive: true }));

describe('a process that is killed', () => {
  it('has everything that it stored read back, at 6 random moments', { timeout: 30_000 }, async () => {
    const random = seededRandom(11);
    let stored = 0;
    let doubled = 0;
    const round = async () => {
      const dir = temporaryFolder();
      const child = start('append-until-killed.mjs', [dir]);
      const output = collect(child);
      await output.includes('stored');
      // After so many more bytes of output: a moment in the middle of the work.
      await output.reaches(2000 + Math.floor(random() * 40_000));
      child.kill('SIGKILL');
      await once(child, 'close');
      const said = output.text().split('\n').slice(0, -1);
      const last = Number(said.findLast((line) => line.startsWith('stored'))!.slice(7));
      const settled = said.flatMap((line) => (line.startsWith('settled') ? line.slice(8).split(',').map(Number) : []));
      const { spool, notices } = openSpool(dir);
      expect(spool.claimDead().adopted.length).toBe(1);
      const read = drain(spool).map(({ payload }) => (JSON.parse(payload.toString()) as { n: number }).n);
      const found = new Set([...settled, ...read]);
      const missing = Array.from({ length: last }, (_, i) => i + 1).filter((n) => !found.has(n));
      expect(missing).toEqual([]);
      expect(new Set(read).size).toBe(read.length);
      // A write that was under way may be torn; nothing that was said to be stored is.
      const lost = notices.flatMap((notice) => (notice.kind === 'damaged' ? notice.ranges : []));
      for (const range of lost) expect(range.first).toBeGreaterThan(last);
      stored += last;
      doubled += settled.filter((n) => read.includes(n)).length;
      spool.close();
    };
    await Promise.all(Array.from({ length: 6 }, round));
    console.log(`SIGKILL: 6 kills, ${stored} stored, 0 lost, ${doubled} settled but read again`);
  });

  it('is inspected while it works, and seen to live and to have lost nothing', async () => {
    const dir = temporaryFolder();
    const child = start('append-until-killed.mjs', [dir]);
    const output = collect(child);
    await output.includes('settled');
    for (let look = 0; look < 20; look++) {
      expect(inspectSpool(dir).instances).toMatchObject([{ isAlive: true, damaged: 0, unreadableSegments: 0 }]);
    }
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(inspectSpool(dir).instances).toMatchObject([{ isAlive: false }]);
  });

  it('has what it appended in process.exit read back', async () => {
    const dir = temporaryFolder();
    const child = start('append-and-exit.mjs', [dir, 'exit', '1000', 'exit']);
    await once(child, 'close');
    const { spool } = openSpool(dir);
    spool.claimDead();
    expect(texts(drain(spool))).toEqual(Array.from({ length: 1000 }, (_, i) => `exit ${i}`));
  });
});

describe('several processes on one folder', () => {
  it('write at once, each to its own place, and all is adopted once', async () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir);
    const children = ['a', 'b', 'c'].map((name) => start('append-and-exit.mjs', [dir, name, '3000']));
    for (let n = 1; n <= 100; n++) spool.append(numbered(1, n));
    await Promise.all(children.map((child) => once(child, 'close')));
    expect(spool.claimDead().adopted.map(({ records }) => records)).toEqual([3000, 3000, 3000]);
    const read = texts(drain(spool));
    const expected = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 3000 }, (_, i) => `${name} ${i}`));
    expect([...read].sort()).toEqual([...expected, ...numbered(100)].sort());
  });

  it('claim the same dead instances: each goes to exactly one', { timeout: 20_000 }, async () => {
    const dir = temporaryFolder();
    for (let n = 0; n < 30; n++) {
      const { spool } = openSpool(dir);
      spool.append(numbered(2, 10 * n));
      spool.close();
    }
    const children = [1, 2, 3].map(() => start('claim-on-signal.mjs', [dir]));
    const outputs = children.map(collect);
    await Promise.all(outputs.map((output) => output.includes('ready')));
    for (const child of children) child.stdin!.write(`${Date.now() + 100}\n`);
    await Promise.all(outputs.map((output) => output.includes(']}\n')));
    for (const child of children) child.stdin!.end();
    await Promise.all(children.map((child) => once(child, 'close')));
    const claims = outputs.map(
      (output) => JSON.parse(output.text().split('\n')[1]!) as { adopted: object[]; taken: string[] },
    );
    expect(claims.reduce((sum, { adopted }) => sum + adopted.length, 0)).toBe(30);
    const taken = claims.flatMap((claim) => claim.taken).sort();
    expect(taken).toEqual(
      Array.from({ length: 30 }, (_, n) => numbered(2, 10 * n))
        .flat()
        .sort(),
    );
    console.log(`claim race: 30 dead instances went ${claims.map(({ adopted }) => adopted.length).join(', ')}`);
  });
});

describe('several in one process', () => {
  it('threads have folders of their own; one that ended is adopted when its heart is silent', async () => {
    const dir = temporaryFolder();
    let now = Date.now();
    const { spool } = openSpool(dir, { now: () => now });
    const own = spool.append(['main']).instance;
    const workers = ['1', '2'].map(
      (name) => new Worker(childScript('append-in-thread.mjs'), { workerData: { moduleUrl, dir, name } }),
    );
    const instances = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as string));
    expect(new Set([own, ...instances]).size).toBe(3);
    await Promise.all(workers.map((worker) => worker.terminate()));
    expect(spool.claimDead().adopted).toEqual([]);
    now += 11 * 60_000;
    expect(
      spool
        .claimDead()
        .adopted.map(({ instance }) => instance)
        .sort(),
    ).toEqual([...instances].sort());
    expect(texts(drain(spool)).sort()).toEqual(['from thread 1', 'from thread 2', 'main']);
  });
});

function start(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [childScript(script), moduleUrl, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

interface Output {
  text(): string;
  includes(word: string): Promise<void>;
  reaches(length: number): Promise<void>;
}

function collect(child: ChildProcess): Output {
  let text = '';
  let check = (): void => undefined;
  child.stdout!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    check();
  });
  const until = (isThere: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      child.once('close', () => reject(new Error(`the child ended: ${text}`)));
      check = () => void (isThere() && resolve());
      check();
    });
  return {
    text: () => text,
    includes: (word) => until(() => text.includes(word)),
    reaches: (length) => until(() => text.length >= length),
  };
}
