import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from './spool-write-error.js';

/*
 * dir/instances/<id>/owner
 *                    lane-<n>/cursor, <first number>.<attempt>.seg
 *                    adopted/<id>/…      the folder of a dead instance, as it was
 *                    replay/<file>       dead letters on their way back
 *     dead/<id>.<first number>.<attempt>.seg
 *     claimed/<id>                        says for a day that this instance was claimed
 */

export const instancesFolder = (dir: string): string => join(dir, 'instances');
export const claimedFolder = (dir: string): string => join(dir, 'claimed');
export const deadFolder = (dir: string): string => join(dir, 'dead');
export const adoptedFolder = (instanceFolder: string): string => join(instanceFolder, 'adopted');
export const replayFolder = (instanceFolder: string): string => join(instanceFolder, 'replay');
export const laneFolder = (instanceFolder: string, lane: number): string => join(instanceFolder, `lane-${lane}`);

/** Names of the real folders in a folder, sorted; symbolic links are none, a missing folder has none. */
export function foldersIn(path: string): string[] {
  return entriesOf(path)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Names of the real files in a folder, sorted; a missing folder has none. */
export function filesIn(path: string): string[] {
  return entriesOf(path)
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** The lanes of an instance. */
export function lanesIn(instanceFolder: string): number[] {
  return foldersIn(instanceFolder).flatMap((name) => {
    const match = /^lane-(\d{1,3})$/.exec(name);
    return match ? [Number(match[1])] : [];
  });
}

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
