import { closeSync, fstatSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, isSamePlace, type ProcessIdentity } from './process-identity.js';
import { createFile, openForReading } from './safe-files.js';
import { FORMAT_VERSION } from './segment-format.js';
import { errorCode } from './spool-write-error.js';

export const OWNER_FILE = 'owner';

/** Whose a folder is. Its time of change is the heartbeat; the beginning of time means that it was released. */
export interface Owner extends ProcessIdentity {
  readonly version: number;
  readonly instance: string;
  readonly destination: string;
  readonly createdAt: number;
}

export interface FoundOwner {
  /** null where the file is missing or damaged. */
  readonly owner: Owner | null;
  /** Milliseconds since 1970; 0: released. */
  readonly heartbeat: number;
}

export interface LivenessRules {
  /** After so long without a heartbeat an owner elsewhere (or of unknown place) counts as dead. */
  readonly staleMs: number;
  /** After so long a process that runs here counts as dead too: a thread that ended, an app that was not closed. */
  readonly hungMs: number;
}

export function writeOwner(folder: string, owner: Owner): void {
  const fd = createFile(join(folder, OWNER_FILE));
  try {
    writeFileSync(fd, `${JSON.stringify(owner)}\n`);
  } finally {
    closeSync(fd);
  }
}

/** Renews the heartbeat. Throws ENOENT where the folder is gone. */
export function beat(folder: string, now: number): void {
  // Not 0, which would release the folder, whatever clock was passed in.
  const seconds = Math.max(now, 1) / 1000;
  utimesSync(join(folder, OWNER_FILE), seconds, seconds);
}

/** Says that the owner is done with the folder. A time of change needs no room on a full disk. */
export function release(folder: string): void {
  utimesSync(join(folder, OWNER_FILE), 0, 0);
}

/** The owner of a folder. Throws where the file exists and cannot be read. */
export function readOwner(folder: string): FoundOwner {
  let fd: number;
  try {
    fd = openForReading(join(folder, OWNER_FILE));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { owner: null, heartbeat: 0 };
    throw error;
  }
  try {
    return { owner: parse(readFileSync(fd, 'utf8')), heartbeat: Math.trunc(fstatSync(fd).mtimeMs) };
  } finally {
    closeSync(fd);
  }
}

/** Whether somebody still writes to the folder, as far as `me` can tell. */
export function isAlive(
  { owner, heartbeat }: FoundOwner,
  me: ProcessIdentity,
  now: number,
  rules: LivenessRules,
): boolean {
  if (heartbeat <= 0) return false;
  const age = now - heartbeat;
  if (!owner || !isSamePlace(owner, me)) return age < rules.staleMs;
  return isRunning(owner) && age < rules.hungMs;
}

function parse(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Partial<Owner>;
    const isWhole =
      typeof value.pid === 'number' && typeof value.instance === 'string' && typeof value.destination === 'string';
    return isWhole && typeof value.version === 'number' ? (value as Owner) : null;
  } catch {
    return null;
  }
}

export function ownerOf(instance: string, destination: string, me: ProcessIdentity, now: number): Owner {
  return { version: FORMAT_VERSION, instance, destination, createdAt: now, ...me };
}
