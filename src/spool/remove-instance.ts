import { rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RESERVE_FILE } from './disk-reserve.js';
import { OWNER_FILE } from './owner-file.js';
import { firstSeqOf } from './segment-format.js';
import { CURSOR_FILE } from './lane-cursor.js';
import { adoptedFolder, filesIn, laneFolder, lanesIn, replayFolder } from './spool-folders.js';
import { errorCode } from './spool-write-error.js';

/**
 * Removes an instance's folder of which everything is settled. Only what the spool itself puts there is deleted: a
 * folder with anything else in it stays.
 */
export function removeInstance(folder: string): void {
  for (const lane of lanesIn(folder)) {
    const path = laneFolder(folder, lane);
    const ours = filesIn(path).filter((name) => name === CURSOR_FILE || firstSeqOf(name) !== null);
    for (const name of ours) ignoring(['ENOENT'], () => unlinkSync(join(path, name)));
    removeFolder(path);
  }
  removeFolder(adoptedFolder(folder));
  removeFolder(replayFolder(folder));
  for (const name of [RESERVE_FILE, OWNER_FILE]) ignoring(['ENOENT'], () => unlinkSync(join(folder, name)));
  removeFolder(folder);
}

function removeFolder(path: string): void {
  ignoring(['ENOENT', 'ENOTEMPTY', 'EEXIST'], () => rmdirSync(path));
}

function ignoring(codes: readonly string[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!codes.includes(errorCode(error))) throw error;
  }
}
