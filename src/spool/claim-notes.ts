import { closeSync, lstatSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, ensureFolder, removeFile } from './safe-files.js';
import { adoptedFolder, claimedFolder, filesIn, foldersIn, instancesFolder } from './spool-folders.js';

/** An owner that sleeps longer than this hears that its folder was removed. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Says that the instance was claimed, for its owner that may still wake up: what it left is delivered and removed by
 * then. Never throws: where the note can't be made, only that owner's books are wrong.
 */
export function noteClaim(dir: string, instance: string, now: number): void {
  const path = join(claimedFolder(dir), instance);
  try {
    ensureFolder(claimedFolder(dir));
    removeFile(path);
    closeSync(createFile(path));
    utimesSync(path, now / 1000, now / 1000);
  } catch {
    // A full disk, say.
  }
}

/** Removes the notes that nobody will ask for. */
export function forgetClaims(dir: string, now: number): void {
  for (const name of filesIn(claimedFolder(dir))) {
    const path = join(claimedFolder(dir), name);
    try {
      if (now - lstatSync(path).mtimeMs > KEPT_MS) removeFile(path);
    } catch {
      // Another was faster.
    }
  }
}

/** Whether another instance has adopted this one, now or in the last day. */
export function isClaimed(dir: string, instance: string): boolean {
  const instances = instancesFolder(dir);
  const isAdopted = foldersIn(instances).some((id) => foldersIn(adoptedFolder(join(instances, id))).includes(instance));
  return isAdopted || filesIn(claimedFolder(dir)).includes(instance);
}
