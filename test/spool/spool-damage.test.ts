import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeHeader, RECORD_HEADER_BYTES } from '../../src/spool/record-format.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, segmentSeed } from '../../src/spool/segment-format.js';
import { SpoolLane } from '../../src/spool/spool-lane.js';
import type { SpoolLoss } from '../../src/spool/spool-record.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder, texts } from './spool-folder.js';
import { seededRandom } from './seeded-random.js';

describe('damaged segments', () => {
  it('loses exactly the records that a flipped byte touches, at 250 random places', { timeout: 30_000 }, () => {
    const lane = writtenLane({ batches: 40, seed: 1 });
    const random = seededRandom(2);
    let lost = 0;
    for (let round = 0; round < 250; round++) {
      const file = lane.files[Math.floor(random() * lane.files.length)]!;
      const at = Math.floor(random() * file.bytes.length);
      const changed = Buffer.from(file.bytes);
      changed[at]! ^= 1 + Math.floor(random() * 255);
      writeFileSync(file.path, changed);
      const touched = file.records.filter(({ start, end }) => start <= at && at < end).map(({ seq }) => seq);
      expectLoss(lane, touched, `${basename(file.path)} at ${at}`);
      writeFileSync(file.path, file.bytes);
      lost += touched.length;
    }
    expect(lost).toBeGreaterThan(200);
    expectLoss(lane, [], 'undamaged');
  });

  it(
    'loses exactly the records touched by blocks of zeros, of noise, and by bytes that were cut out',
    { timeout: 30_000 },
    () => {
      const lane = writtenLane({ batches: 60, seed: 3 });
      const random = seededRandom(4);
      for (let round = 0; round < 200; round++) {
        const file = lane.files[Math.floor(random() * (lane.files.length - 1))]!;
        const start = Math.floor(random() * file.bytes.length);
        const end = Math.min(file.bytes.length, start + 1 + Math.floor(random() * 3000));
        const filler = [
          Buffer.alloc(end - start),
          Buffer.from(Array.from({ length: end - start }, () => random() * 256)),
          Buffer.alloc(0),
        ];
        const block = filler[round % 3]!;
        writeFileSync(file.path, Buffer.concat([file.bytes.subarray(0, start), block, file.bytes.subarray(end)]));
        const isChanged = (from: number, to: number): boolean =>
          from < end &&
          start < to &&
          !(
            block.length > 0 &&
            file.bytes
              .subarray(Math.max(from, start), Math.min(to, end))
              .equals(block.subarray(Math.max(from, start) - start, Math.min(to, end) - start))
          );
        const touched = file.records.filter((record) => isChanged(record.start, record.end)).map(({ seq }) => seq);
        expectLoss(lane, touched, `${basename(file.path)} ${start} to ${end}, way ${round % 3}`);
        writeFileSync(file.path, file.bytes);
      }
    },
  );

  it(
    'counts the loss of a tail cut at every byte of the last write, when the cursor has followed',
    { timeout: 30_000 },
    () => {
      const { path, lastWrite, whole } = withLastWrite({ persist: true });
      for (let size = lastWrite.start; size < whole.length; size++) {
        const read = readTruncated(path, whole, size);
        const intact = lastWrite.ends.filter((end) => end <= size).length;
        expect(read.texts, `cut at ${size}`).toEqual(numbered(10 + intact));
        expect(read.lost, `cut at ${size}`).toBe(8 - intact);
      }
    },
  );

  it('counts it from the first whole header on without the cursor, and never misreads', { timeout: 30_000 }, () => {
    const { path, lastWrite, whole } = withLastWrite({ persist: false });
    for (let size = lastWrite.start; size < whole.length; size++) {
      const read = readTruncated(path, whole, size);
      const intact = lastWrite.ends.filter((end) => end <= size).length;
      const isKnown = size >= lastWrite.start + RECORD_HEADER_BYTES;
      expect(read.texts, `cut at ${size}`).toEqual(numbered(10 + intact));
      expect(read.lost, `cut at ${size}`).toBe(isKnown ? 8 - intact : size > lastWrite.start ? 1 : 0);
    }
  });

  it('counts a segment that is gone, and reads those around it', () => {
    const lane = writtenLane({ batches: 60, seed: 5 });
    const [, gone] = lane.files;
    unlinkSync(gone!.path);
    expectLoss(
      lane,
      gone!.records.map(({ seq }) => seq),
      'second file gone',
    );
  });

  it(
    'adopts an instance whichever byte of the segment header is flipped, and loses nothing',
    { timeout: 30_000 },
    () => {
      const source = temporaryFolder();
      const { spool } = openSpool(source);
      spool.append(numbered(5));
      spool.close();
      const dir = join(temporaryFolder(), 'copy');
      for (let at = 0; at < SEGMENT_HEADER_BYTES; at++) {
        rmSync(dir, { recursive: true, force: true });
        cpSync(source, dir, { recursive: true, preserveTimestamps: true });
        const [path] = segmentsBelow(dir);
        const bytes = readFileSync(path!);
        bytes[at]! ^= 0x10;
        writeFileSync(path!, bytes);
        const next = openSpool(dir);
        expect(next.spool.claimDead().left).toEqual([]);
        expect(texts(drain(next.spool))).toEqual(numbered(5));
        expect(next.notices).toEqual([]);
        next.spool.close();
      }
    },
  );

  it('finds damage in its own live segment, and goes on', () => {
    const dir = temporaryFolder();
    const { spool, notices } = openSpool(dir);
    spool.append(numbered(4));
    const [path] = segmentsBelow(dir);
    const bytes = readFileSync(path!);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path!, bytes);
    expect(texts(drain(spool))).toEqual(numbered(3));
    expect(notices).toMatchObject([{ kind: 'damaged', count: 1, ranges: [{ first: 4, last: 4 }] }]);
    spool.append(numbered(2, 5));
    expect(texts(drain(spool))).toEqual(numbered(2, 5));
    expect(spool.counts().pending).toBe(0);
  });
});

interface WrittenFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly records: { seq: number; start: number; end: number }[];
}

interface WrittenLane {
  readonly folder: string;
  readonly instance: string;
  readonly files: WrittenFile[];
  readonly payloads: string[];
}

/** A lane's folder with several segments, as a process that was killed leaves it once its cursor has followed. */
function writtenLane({ batches, seed }: { batches: number; seed: number }): WrittenLane {
  const dir = temporaryFolder();
  const random = seededRandom(seed);
  const { spool } = openSpool(dir, { segmentBytes: 20_000 });
  const payloads: string[] = [];
  let instance = '';
  for (let batch = 0; batch < batches; batch++) {
    const size = 1 + Math.floor(random() * 8);
    const fresh = Array.from({ length: size }, (_, i) =>
      JSON.stringify({ n: payloads.length + i, pad: 'é'.repeat(random() * 200) }),
    );
    payloads.push(...fresh);
    instance = spool.append(fresh).instance;
  }
  spool.persistCursor();
  const folder = join(temporaryFolder(), 'lane-0');
  mkdirSync(folder);
  cpSync(dirname(segmentsBelow(dir)[0]!), folder, { recursive: true });
  return { folder, instance, files: segmentsBelow(folder).map(writtenFile), payloads };
}

function writtenFile(path: string): WrittenFile {
  const bytes = readFileSync(path);
  const decoded = decodeSegmentHeader(bytes);
  if (decoded.status !== 'ok') throw new Error('damaged before the test');
  const seed = segmentSeed(decoded.header);
  const records: WrittenFile['records'] = [];
  for (let start = SEGMENT_HEADER_BYTES; start < bytes.length;) {
    const header = decodeHeader(bytes, start, seed)!;
    const end = start + RECORD_HEADER_BYTES + header.length;
    records.push({ seq: header.seq, start, end });
    start = end;
  }
  return { path, bytes, records };
}

/** The lane yields all but these records, unchanged and in order, and tells exactly these as lost. */
function expectLoss(lane: WrittenLane, lost: readonly number[], what: string): void {
  const losses: SpoolLoss[] = [];
  const identity = { folder: lane.folder, instance: lane.instance, lane: 0, destination: 'key-and-host' };
  const reader = new SpoolLane(identity, (loss) => losses.push(loss));
  expect(reader.pending, what).toBe(lane.payloads.length);
  const read = reader.take(100_000, 100_000_000, true);
  reader.close();
  const told = losses.flatMap(({ ranges }) =>
    ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
  );
  const kept = lane.payloads.filter((_, index) => !lost.includes(index + 1));
  expect(told, what).toEqual(lost);
  expect(
    losses.reduce((sum, { count }) => sum + count, 0),
    what,
  ).toBe(lost.length);
  expect(texts(read), what).toEqual(kept);
}

function withLastWrite({ persist }: { persist: boolean }): {
  path: string;
  whole: Buffer;
  lastWrite: { start: number; ends: number[] };
} {
  const dir = temporaryFolder();
  const { spool } = openSpool(dir);
  spool.append(numbered(10));
  spool.append(numbered(8, 11));
  if (persist) spool.persistCursor();
  const path = segmentsBelow(dir)[0]!;
  const { bytes, records } = writtenFile(path);
  const last = records.slice(10);
  return { path, whole: bytes, lastWrite: { start: last[0]!.start, ends: last.map(({ end }) => end) } };
}

function readTruncated(path: string, whole: Buffer, size: number): { texts: string[]; lost: number } {
  writeFileSync(path, whole);
  truncateSync(path, size);
  const folder = dirname(path);
  const instance = basename(dirname(folder));
  let lost = 0;
  const lane = new SpoolLane(
    { folder, instance, lane: 0, destination: 'key-and-host' },
    ({ count }) => (lost += count),
  );
  const read = texts(lane.take(1000, 1_000_000, true));
  lane.close();
  return { texts: read, lost };
}
