import { statfsSync } from 'node:fs';
import { beat } from './owner-file.js';
import { SpoolWriteError } from './spool-write-error.js';

/** Room beside what is to be written, for headers and other files. */
const SPARE_BYTES = 64 * 1024;

/**
 * Throws where the disk of the folder takes no writes, or has less than `bytes` free: appending again and again to
 * a disk that is almost full would tell the trouble and its end each time.
 */
export function assertWritable(folder: string, bytes: number, now: number): void {
  beat(folder, now);
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const isFull = bavail * bsize < bytes + SPARE_BYTES || (files > 0 && ffree === 0);
  if (isFull) throw new SpoolWriteError('ENOSPC', `less than ${bytes + SPARE_BYTES} bytes are free at ${folder}`);
}
