import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/event/clock.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import type { Row, Tally } from './row.js';
import { apiKey, OwnDelivery } from './subject.js';
import { tally } from './tally.js';

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
