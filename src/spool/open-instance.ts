import { freeReserves } from './disk-reserve.js';
import { OwnInstance } from './own-instance.js';
import type { ProcessIdentity } from './process-identity.js';
import type { SpoolSettings } from './spool-options.js';
import type { SpoolLoss } from './spool-record.js';
import { asWriteError } from './spool-write-error.js';

/**
 * Makes a new folder of our own. On a full disk what dead instances set aside is given up for it. Throws
 * SpoolWriteError.
 */
export function openInstance(settings: SpoolSettings, process: ProcessIdentity): OwnInstance {
  const { dir, destination, segmentBytes, fsync, replays, notify, now, rules } = settings;
  const onLoss = (loss: SpoolLoss): void => notify({ kind: 'damaged', ...loss });
  const options = { dir, destination, segmentBytes, fsync, replays, process, onLoss };
  try {
    return new OwnInstance(options, now());
  } catch (error) {
    const isFull = asWriteError(error).code === 'ENOSPC';
    if (!isFull || !freeReserves(dir, process, now(), rules)) throw error;
    return new OwnInstance(options, now());
  }
}
