import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCursorFile, readCursorFile, writeCursorFile } from '../../src/spool/cursor-file.js';
import { temporaryFolder } from './spool-folder.js';

describe('cursor file', () => {
  it('reads the latest of what was written, and keeps its size', () => {
    const path = join(temporaryFolder(), 'cursor');
    createCursorFile(path);
    const size = statSync(path).size;
    for (let generation = 1; generation <= 5; generation++) {
      writeCursorFile(path, { lastSeq: 10 * generation, settled: [{ first: 0, last: generation }] }, generation, true);
    }
    expect(readCursorFile(path)).toEqual({ generation: 5, lastSeq: 50, settled: [{ first: 0, last: 5 }] });
    expect(statSync(path).size).toBe(size);
  });

  it('falls back to the state before, whichever byte of the last write is lost', () => {
    const path = join(temporaryFolder(), 'cursor');
    createCursorFile(path);
    const settled = [{ first: 0, last: 7 }];
    writeCursorFile(path, { lastSeq: 8, settled }, 1, false);
    const before = readFileSync(path);
    writeCursorFile(path, { lastSeq: 9, settled: [{ first: 0, last: 9 }] }, 2, false);
    const after = readFileSync(path);
    // A crash after each byte of the second write (it differs from the old one in its first bytes).
    const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
    for (let written = 0; written < changed.length; written++) {
      const torn = Buffer.from(before);
      for (const at of changed.slice(0, written)) torn[at] = after[at]!;
      writeFileSync(path, torn);
      expect(readCursorFile(path)).toEqual({ generation: 1, lastSeq: 8, settled });
    }
  });

  it('leaves out the ranges that do not fit, the lowest stay', () => {
    const path = join(temporaryFolder(), 'cursor');
    createCursorFile(path);
    const settled = Array.from({ length: 1000 }, (_, i) => ({ first: 10 * i, last: 10 * i + 3 }));
    writeCursorFile(path, { lastSeq: 20_000, settled }, 1, false);
    const read = readCursorFile(path)!.settled;
    expect(read.length).toBeGreaterThan(300);
    expect(read).toEqual(settled.slice(0, read.length));
  });

  it('is null where there is no file, a short one, or a symbolic link', () => {
    const folder = temporaryFolder();
    expect(readCursorFile(join(folder, 'none'))).toBeNull();
    writeFileSync(join(folder, 'short'), 'abc');
    expect(readCursorFile(join(folder, 'short'))).toBeNull();
    createCursorFile(join(folder, 'cursor'));
    symlinkSync(join(folder, 'cursor'), join(folder, 'link'));
    expect(readCursorFile(join(folder, 'link'))).toBeNull();
  });
});
