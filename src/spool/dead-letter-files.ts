import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { recordsOf } from './segment-contents.js';
import { firstSeqOf, type SegmentHeader } from './segment-format.js';
import { readSegmentHeader, type Segment } from './segment-list.js';
import { deadFolder, filesIn } from './spool-folders.js';
import { errorCode } from './spool-write-error.js';

/** An event that was refused alone, kept with the reason. */
export interface DeadLetter {
  /** Names it: file and number. */
  readonly id: string;
  readonly lane: number;
  /** When it was put here, milliseconds since 1970. */
  readonly time: number;
  readonly reason: string;
  readonly payload: Buffer;
}

/** One file in the `dead` folder. */
export interface DeadLetterFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** null where the header is damaged, of a newer version or another user's: nothing of it is read. */
  readonly header: SegmentHeader | null;
}

/** The payload of a dead letter's record: length of the reason, reason, payload. */
export function sealDeadLetter(reason: string, payload: Buffer): Buffer {
  const text = Buffer.from(reason).subarray(0, 0xffff);
  const head = Buffer.alloc(2);
  head.writeUInt16LE(text.length);
  return Buffer.concat([head, text, payload]);
}

/** Files of dead letters, oldest first. */
export function deadLetterFiles(dir: string): DeadLetterFile[] {
  const folder = deadFolder(dir);
  const files = filesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    return isDeadLetterName(name) ? (describe(path, name) ?? []) : [];
  });
  return files.sort((a, b) => (a.header?.createdAt ?? 0) - (b.header?.createdAt ?? 0));
}

/** The intact dead letters of a file. */
export function readDeadLetters(file: DeadLetterFile): DeadLetter[] {
  const { header, path, bytes } = file;
  if (!header) return [];
  const segment: Segment = { path, bytes, firstSeq: header.firstSeq, createdAt: header.createdAt, sealed: true };
  return [...recordsOf(segment, header)].map(({ seq, lane, time, payload }) => {
    const start = 2 + payload.readUInt16LE(0);
    return {
      id: `${file.name}#${seq}`,
      lane,
      time,
      reason: payload.toString('utf8', 2, start),
      payload: payload.subarray(start),
    };
  });
}

/** Instance ids have no dot: `<id>.<number>.<attempt>.seg`. */
function isDeadLetterName(name: string): boolean {
  return firstSeqOf(name.slice(name.indexOf('.') + 1)) !== null;
}

function describe(path: string, name: string): DeadLetterFile | null {
  try {
    return { name, path, bytes: lstatSync(path).size, header: headerOf(path) };
  } catch (error) {
    // Replayed by another process while we looked.
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function headerOf(path: string): SegmentHeader | null {
  try {
    const decoded = readSegmentHeader(path);
    return decoded.status === 'ok' ? decoded.header : null;
  } catch (error) {
    // Somebody ran the command line as another user.
    if (errorCode(error) === 'EACCES') return null;
    throw error;
  }
}
