import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readOwner, type LivenessRules } from './owner-file.js';
import type { ProcessIdentity } from './process-identity.js';
import { createFile, removeFile, writeWhole } from './safe-files.js';
import { foldersIn, instancesFolder } from './spool-folders.js';

export const RESERVE_FILE = 'reserve';
const RESERVE_BYTES = 64 * 1024;

/**
 * Sets bytes aside in an instance's folder. A spool that fills its disk could never be drained after a restart
 * otherwise: the next instance needs room for a folder of its own to claim the old one.
 */
export function createReserve(folder: string): void {
  const path = join(folder, RESERVE_FILE);
  try {
    const fd = createFile(path);
    try {
      writeWhole(fd, Buffer.alloc(RESERVE_BYTES, 1), 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    // On a disk that is full by now, what is left of it is for events.
    removeFile(path);
  }
}

/** Gives up what dead instances set aside; whether there was any. */
export function freeReserves(dir: string, me: ProcessIdentity, now: number, rules: LivenessRules): boolean {
  const folders = foldersIn(instancesFolder(dir)).map((id) => join(instancesFolder(dir), id));
  return (
    folders.filter((folder) => isDead(folder, me, now, rules) && removeFile(join(folder, RESERVE_FILE))).length > 0
  );
}

function isDead(folder: string, me: ProcessIdentity, now: number, rules: LivenessRules): boolean {
  try {
    return !isAlive(readOwner(folder), me, now, rules);
  } catch {
    return false;
  }
}
