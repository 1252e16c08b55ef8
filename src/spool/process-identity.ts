import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from './spool-write-error.js';

/** Where a process runs, and when it began: what tells it from a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** The boot and the pid namespace, where the system tells them: ids are only comparable within one. */
  readonly place: string | null;
  /** Start time in clock ticks since boot, where the system tells it. */
  readonly started: string | null;
}

export function currentProcess(): ProcessIdentity {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return {
    pid: process.pid,
    host: hostname(),
    place: boot !== null && namespace !== null ? `${boot} ${namespace}` : null,
    started: processStat(process.pid)?.started ?? null,
  };
}

/** Whether process ids of the two mean the same. */
export function isSamePlace(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.host === other.host && one.place === other.place;
}

/** Whether the process still runs. Only for one of the same place. */
export function isRunning(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if (errorCode(error) === 'ESRCH') return false;
  }
  const stat = processStat(identity.pid);
  if (!stat) return true;
  const isZombie = stat.state === 'Z' || stat.state === 'X';
  return !isZombie && (identity.started === null || identity.started === stat.started);
}

/** State and start time from /proc; null where there is none. */
function processStat(pid: number): { state: string; started: string } | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The second field is the command in parentheses and may hold anything; the third follows the last of them.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const started = fields[19];
  return state === undefined || started === undefined ? null : { state, started };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
