import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/event/clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { recover } from './recover.js';
import type { Form, Row, Tally } from './row.js';
import { apiKey, OwnDelivery } from './subject.js';
import { arrived, tally } from './tally.js';

const only = { group: 'the disk', of: ['spool'] as const };

export const diskRows: readonly Row[] = [
  {
    ...only,
    name: 'full: memory takes over, then the disk again',
    run: () => onMount({ breakDisk: fill, heal: 'remount,size=4m' }),
  },
  {
    ...only,
    name: 'read-only at the start: likewise',
    run: () => onMount({ breakDisk: makeReadOnly, heal: 'remount,rw,size=4m', atStart: true }),
  },
  { ...only, name: 'the folder removed while 450 wait', mayLose: { spool: 50 }, run: removed },
  { ...only, name: 'truncated at each byte of the last write', mayLose: { spool: 'untold' }, run: truncated },
  { ...only, name: 'one flipped byte at random places', mayLose: { spool: 'untold' }, run: flipped },
];

interface DiskFault {
  readonly breakDisk: (folder: string) => void;
  /** Options of the mount that mends it. */
  readonly heal: string;
  /** A disk with an open file can't be made read-only. */
  readonly atStart?: boolean;
}

/** Breaks a disk of its own under a spool, captures, and mends it. */
async function onMount({ breakDisk, heal, atStart }: DiskFault): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const isMounted = tryMount(['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path]);
  if (isMounted && atStart) breakDisk(folder.path);
  const subject = new OwnDelivery('spool', { host: server.url, dir: folder.path, clock: systemClock });
  try {
    server.fault(faults.status(503));
    for (let n = 1; n <= 100; n++) subject.capture(n);
    await subject.pipeline.flush();
    if (isMounted && !atStart) breakDisk(folder.path);
    for (let n = 101; n <= 2_000; n++) subject.capture(n, { pad: 'x'.repeat(500) });
    subject.pipeline.drain();
    if (isMounted) execFileSync('mount', ['-o', heal, folder.path]);
    await until(() => subject.codes.includes('NAA402') || !isMounted);
    server.clearFaults();
    await subject.end(15_000);
    const isSaid = !isMounted || ['NAA401', 'NAA402'].every((code) => subject.codes.includes(code));
    const wrong = subject.wrong ?? (isSaid ? undefined : `said ${subject.codes.join(' ')}`);
    const note = isMounted ? `said ${subject.codes.join(' ')}` : 'not broken: this process may not mount';
    return tally(server, { captured: 2_000, kept: subject.kept, told: subject.told, wrong, note });
  } finally {
    if (isMounted) execFileSync('umount', ['-l', folder.path]);
    await server.close();
    folder.remove();
  }
}

function fill(folder: string): void {
  // In steps, to the last byte.
  for (const bytes of [100_000, 4_096]) {
    try {
      for (let n = 0; ; n++) writeFileSync(join(folder, `filler-${bytes}-${n}`), Buffer.alloc(bytes));
    } catch {
      continue;
    }
  }
}

function makeReadOnly(folder: string): void {
  execFileSync('mount', ['-o', 'remount,ro', folder]);
}

function tryMount(options: readonly string[]): boolean {
  try {
    execFileSync('mount', options, { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

async function until(isOver: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !isOver() && performance.now() < end;) {
    await new Promise((later) => setTimeout(later, 20));
  }
}

async function removed(): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const subject = new OwnDelivery('spool', { host: server.url, dir: folder.path, clock: systemClock });
  try {
    server.fault(faults.status(503));
    for (let n = 1; n <= 450; n++) subject.capture(n);
    await subject.pipeline.flush();
    rmSync(join(folder.path, 'instances'), { recursive: true });
    subject.capture(451);
    subject.pipeline.drain();
    server.clearFaults();
    await subject.end(15_000);
    const note = `said ${subject.codes.join(' ')}`;
    return tally(server, { captured: 451, kept: subject.kept, told: subject.told, wrong: subject.wrong, note });
  } finally {
    await server.close();
    folder.remove();
  }
}

const inSpool = 60;

async function truncated(_delivery: unknown, form: Form): Promise<Tally> {
  return damaged(form, async (segment, rounds, tryOne) => {
    const bytes = readFileSync(segment);
    // The last write holds the last twenty events.
    const start = bytes.indexOf(`"n":${inSpool - 19}`) - 500;
    const span = bytes.length - start;
    const step = form === 'long' ? 1 : Math.ceil(span / rounds);
    for (let cut = 1; cut < span; cut += step) {
      await tryOne((path) => truncateSync(path, bytes.length - cut));
    }
  });
}

async function flipped(_delivery: unknown, form: Form): Promise<Tally> {
  return damaged(form, async (segment, rounds, tryOne) => {
    const bytes = readFileSync(segment);
    for (let round = 0; round < rounds; round++) {
      const place = Math.floor(Math.random() * bytes.length);
      const copy = Buffer.from(bytes);
      copy[place] = copy[place]! ^ (1 << Math.floor(Math.random() * 8));
      await tryOne((path) => writeFileSync(path, copy), 1);
    }
  });
}

type TryOne = (damage: (segment: string) => void, mayLose?: number) => Promise<void>;

/** Makes a spool of events, damages copies of it, and lets each be delivered by the next process. */
async function damaged(
  form: Form,
  work: (segment: string, rounds: number, tryOne: TryOne) => Promise<void>,
): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const sums = { captured: 0, delivered: 0, kept: 0, lost: 0, doubled: 0, resent: 0, told: 0, rounds: 0 };
  let wrong: string | undefined;
  try {
    const original = join(folder.path, 'original');
    await fillSpool(server, original);
    const tryOne: TryOne = async (damage, mayLose = Infinity) => {
      const copy = join(folder.path, 'copy');
      cpSync(original, copy, { recursive: true, preserveTimestamps: true });
      damage(segmentIn(copy));
      server.events.length = 0;
      const stats = await recover(copy, server.url);
      const told = stats.dropped.damaged ?? 0;
      const one = tally(server, { captured: inSpool, told });
      if (one.lost !== told) wrong ??= `${one.lost} lost, ${told} told`;
      if (one.lost > mayLose) wrong ??= `${one.lost} lost for one byte`;
      if (arrived(server).size + told !== inSpool) wrong ??= 'more arrived than were stored';
      for (const key of ['captured', 'delivered', 'lost', 'doubled', 'resent'] as const) sums[key] += one[key];
      sums.told += told;
      sums.rounds++;
      rmSync(copy, { recursive: true });
    };
    await work(segmentIn(original), form === 'long' ? 1_000 : 25, tryOne);
    const { rounds, ...result } = sums;
    return { ...result, note: `${rounds} damaged copies of ${inSpool} events`, ...(wrong !== undefined && { wrong }) };
  } finally {
    await server.close();
    folder.remove();
  }
}

async function fillSpool(server: PostHogServer, dir: string): Promise<void> {
  const writer = new OwnDelivery('spool', { host: server.url, dir, clock: systemClock });
  for (let n = 1; n <= inSpool; n++) {
    writer.capture(n);
    if (n % 20 === 0) writer.pipeline.drain();
  }
  writer.pipeline.close();
  await Promise.resolve();
}

function segmentIn(dir: string): string {
  const name = readdirSync(dir, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.seg'));
  if (name === undefined) throw new Error(`no segment in ${dir}`);
  return join(dir, name);
}
