import { closeSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { closeQuietly, createFile, removeFile, writeWhole } from './safe-files.js';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, segmentSeed, type SegmentHeader } from './segment-format.js';
import { asWriteError, SpoolWriteError } from './spool-write-error.js';

/** Writes one segment file: whole writes or nothing, as far as the disk allows. */
export class SegmentWriter {
  readonly path: string;
  /** What the records' checksums are seeded with. */
  readonly seed: number;
  readonly #fd: number;
  readonly #fsync: boolean;
  readonly #ino: number;
  readonly #dev: number;
  #bytes = SEGMENT_HEADER_BYTES;

  /** Creates the file with its header. Throws SpoolWriteError, EEXIST where the name is taken. */
  constructor(path: string, header: SegmentHeader, fsync: boolean) {
    this.path = path;
    this.seed = segmentSeed(header);
    this.#fsync = fsync;
    let fd: number | null = null;
    try {
      fd = createFile(path);
      writeWhole(fd, encodeSegmentHeader(header), 0);
      if (fsync) {
        fsyncSync(fd);
        syncFolder(dirname(path));
      }
      const stats = fstatSync(fd);
      this.#ino = stats.ino;
      this.#dev = stats.dev;
      this.#fd = fd;
    } catch (error) {
      if (fd !== null) discard(fd, path);
      throw asWriteError(error);
    }
  }

  /** Up to where the file holds whole writes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Appends the bytes in one piece and returns when the system has them (with `fsync`, when the disk has).
   * Throws SpoolWriteError; the writer is then of no more use and is to be closed. What was written is taken back,
   * or is void because the next segment begins at the same number.
   */
  append(bytes: Buffer): void {
    try {
      writeWhole(this.#fd, bytes, this.#bytes);
      if (this.#fsync) fdatasyncSync(this.#fd);
    } catch (error) {
      this.#takeBack();
      throw asWriteError(error);
    }
    // A file that was removed or claimed is still written to without an error. Checked after the write: whoever
    // takes the file away later takes these records with it.
    if (!this.isInPlace()) throw new SpoolWriteError('ENOENT', `${this.path} is no longer in its place`);
    this.#bytes += bytes.length;
  }

  isInPlace(): boolean {
    try {
      const { ino, dev } = statSync(this.path);
      return ino === this.#ino && dev === this.#dev;
    } catch {
      return false;
    }
  }

  /** Never throws. */
  close(): void {
    closeQuietly(this.#fd);
  }

  #takeBack(): void {
    try {
      ftruncateSync(this.#fd, this.#bytes);
    } catch {
      // The disk is gone or read-only: readers ignore the rest, see LaneReader.
    }
  }
}

function syncFolder(path: string): void {
  // Windows cannot open a folder, and needs no such call.
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function discard(fd: number, path: string): void {
  closeQuietly(fd);
  // Where it stays, a header without records does no harm.
  removeFile(path);
}
