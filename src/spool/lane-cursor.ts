import { join } from 'node:path';
import { createCursorFile, readCursorFile, writeCursorFile, type CursorState } from './cursor-file.js';
import { errorCode } from './spool-write-error.js';

export const CURSOR_FILE = 'cursor';

/** A lane's cursor on disk, and what it says. */
export class LaneCursor {
  /** What stood there at the beginning; null where nothing did that is whole. */
  readonly found: CursorState | null;
  readonly #path: string;
  #generation: number;
  #lastSeq: number;

  /** Throws where the file exists and cannot be read. */
  constructor(folder: string) {
    this.#path = join(folder, CURSOR_FILE);
    const saved = readCursorFile(this.#path);
    this.found = saved;
    this.#generation = saved?.generation ?? 0;
    this.#lastSeq = saved?.lastSeq ?? 0;
  }

  /** The last number written, as far as the disk knows. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Throws where the disk does not take it. */
  save(state: CursorState, fsync: boolean): void {
    try {
      writeCursorFile(this.#path, state, this.#generation + 1, fsync);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      // Removed, or never made: what is settled would be sent again after each start.
      createCursorFile(this.#path, state, this.#generation + 1);
    }
    this.#generation++;
    this.#lastSeq = state.lastSeq;
  }
}
