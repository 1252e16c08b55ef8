import { renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  deadLetterFiles,
  readDeadLetters,
  sealDeadLetter,
  type DeadLetter,
  type DeadLetterFile,
} from './dead-letter-files.js';
import { encodeBatch, recordBytes } from './record-format.js';
import { ensureFolder, removeFile } from './safe-files.js';
import { SEGMENT_HEADER_BYTES, segmentName } from './segment-format.js';
import { SegmentWriter } from './segment-writer.js';
import { deadFolder, replayFolder } from './spool-folders.js';
import { asWriteError, type SpoolWriteError } from './spool-write-error.js';

export interface DeadLettersOptions {
  readonly dir: string;
  readonly destination: string;
  readonly instance: string;
  readonly instanceFolder: string;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly fsync: boolean;
}

export interface NewDeadLetter {
  readonly lane: number;
  readonly reason: string;
  readonly payload: Buffer;
}

/** Appends letters to the spool; gives back those that it did not take, and why. */
export type LetterStore = (letters: readonly DeadLetter[]) => {
  readonly unstored: readonly DeadLetter[];
  readonly failure: SpoolWriteError | null;
};

export interface ReplayReport {
  /** Dead letters that are pending again. */
  readonly replayed: number;
  /** Why it ended before all were, or null. */
  readonly failure: SpoolWriteError | null;
}

/** The dead letters of all instances, written by this one to files of its own. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  #writer: SegmentWriter | null = null;
  #seq = 0;
  #attempt = 0;

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  /** Stores the letters; how many old ones were deleted for them. Throws SpoolWriteError, which says how many are. */
  add(letters: readonly NewDeadLetter[], time: number): number {
    let stored = 0;
    try {
      for (const letter of letters) {
        this.#append(letter, time);
        stored++;
      }
    } catch (error) {
      this.close();
      throw asWriteError(error, stored);
    }
    try {
      return letters.length > 0 ? this.#trim() : 0;
    } catch {
      // The letters are stored; the bound is looked at again with the next.
      return 0;
    }
  }

  /**
   * Gives the chosen letters for this destination to `store`, file by file, and keeps the rest and those that it gives
   * back. A file belongs to whoever renames it first. A crash in between replays the file's letters again. Ends early
   * where something is given back or fails.
   */
  replay(isChosen: (letter: DeadLetter) => boolean, store: LetterStore, time: number): ReplayReport {
    const { dir, destination } = this.#options;
    this.close();
    let replayed = 0;
    for (const file of deadLetterFiles(dir)) {
      if (file.header?.destination !== destination || !readDeadLetters(file).some(isChosen)) continue;
      const path = this.#claim(file);
      if (!path) continue;
      const letters = readDeadLetters({ ...file, path });
      const chosen = letters.filter(isChosen);
      const { unstored, failure } = store(chosen);
      replayed += chosen.length - unstored.length;
      const kept = letters.filter((letter) => !chosen.includes(letter) || unstored.includes(letter));
      if (kept.length === letters.length) moved(path, file.path);
      else if (!this.#keep(kept, time)) moved(path, file.path);
      else removeFile(path);
      if (failure) return { replayed, failure };
    }
    return { replayed, failure: null };
  }

  close(): void {
    this.#writer?.close();
    this.#writer = null;
  }

  /** Moves a file to our own folder; null where another process was faster. */
  #claim(file: DeadLetterFile): string | null {
    const folder = replayFolder(this.#options.instanceFolder);
    ensureFolder(folder);
    const path = join(folder, file.name);
    return moved(file.path, path) ? path : null;
  }

  #keep(letters: readonly DeadLetter[], time: number): boolean {
    try {
      this.add(letters, time);
      return true;
    } catch {
      return false;
    }
  }

  #append(letter: NewDeadLetter, time: number): void {
    const payload = sealDeadLetter(letter.reason, letter.payload);
    const bytes = recordBytes(payload);
    const writer = this.#room(bytes, time);
    const head = { firstSeq: this.#seq + 1, time, lane: letter.lane, seed: writer.seed };
    writer.append(encodeBatch([payload], head, bytes));
    this.#seq++;
  }

  #room(bytes: number, time: number): SegmentWriter {
    const current = this.#writer;
    const isFull =
      current !== null && current.bytes > SEGMENT_HEADER_BYTES && current.bytes + bytes > this.#options.segmentBytes;
    // Replayed by another process meanwhile, or removed.
    if (current && (isFull || !current.isInPlace())) this.close();
    return (this.#writer ??= this.#begin(time));
  }

  #begin(time: number): SegmentWriter {
    const { dir, destination, instance, fsync } = this.#options;
    ensureFolder(deadFolder(dir));
    const firstSeq = this.#seq + 1;
    const name = `${instance}.${segmentName(firstSeq, this.#attempt++)}`;
    const header = { kind: 'dead', lane: 0, firstSeq, createdAt: time, destination, instance } as const;
    return new SegmentWriter(join(deadFolder(dir), name), header, fsync);
  }

  /** Deletes the oldest files for this destination while they are too many bytes; never the one that is written to. */
  #trim(): number {
    const { dir, destination } = this.#options;
    const files = deadLetterFiles(dir).filter(
      (file) => file.path !== this.#writer?.path && file.header?.destination === destination,
    );
    let bytes = files.reduce((sum, file) => sum + file.bytes, this.#writer?.bytes ?? 0);
    let deleted = 0;
    for (const file of files) {
      if (bytes <= this.#options.maxBytes) break;
      const letters = readDeadLetters(file).length;
      if (removeFile(file.path)) deleted += letters;
      bytes -= file.bytes;
    }
    return deleted;
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
