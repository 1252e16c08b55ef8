import {
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { errorCode, SpoolWriteError } from './spool-write-error.js';

// Windows has no O_NOFOLLOW, and links there need a privilege.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** Opens a file for reading; a symbolic link fails with ELOOP. */
export function openForReading(path: string): number {
  return openSync(path, constants.O_RDONLY | NO_FOLLOW);
}

/** Creates a file that must not exist, readable and writable for its owner only. */
export function createFile(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, 0o600);
}

/** Closes a file to which nothing more is written; a failure changes nothing that one could still mend. */
export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The system has let go of it all the same.
  }
}

/** Whether the file was there and is removed. Never throws. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Opens an existing file for writing in place; a symbolic link fails with ELOOP. */
export function openInPlace(path: string): number {
  return openSync(path, constants.O_RDWR | NO_FOLLOW);
}

/** Up to `bytes` from the beginning of a file. */
export function readStart(path: string, bytes: number): Buffer {
  const fd = openForReading(path);
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readAt(fd, buffer, 0));
  } finally {
    closeSync(fd);
  }
}

/** Fills the buffer from `position` on, as far as the file goes; the number of bytes read. */
export function readAt(fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Writes all the bytes, however many the system takes at once. */
export function writeWhole(fd: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    const count = writeSync(fd, bytes, written, bytes.length - written, position + written);
    if (count === 0) throw new SpoolWriteError('ENOSPC', 'the system took no bytes');
    written += count;
  }
}

/**
 * Makes the spool's own folder, with what is missing above it. One that exists keeps its mode: an operator may have
 * named a folder that others use.
 */
export function ensureRootFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  assertFolder(path);
}

/** Makes a folder inside the spool, for its owner only; one of ours that is wider is narrowed. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const stats = assertFolder(path);
  if ((stats.mode & 0o077) !== 0 && stats.uid === process.getuid?.()) chmodSync(path, 0o700);
}

/** The folder's stats. Throws ELOOP for a symbolic link, ENOTDIR for anything else that is no folder. */
export function assertFolder(path: string): Stats {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) throw coded('ELOOP', `${path} is a symbolic link; the spool follows none`);
  if (!stats.isDirectory()) throw coded('ENOTDIR', `${path} is no folder`);
  return stats;
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
