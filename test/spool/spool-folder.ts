import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Spool } from '../../src/spool/spool.js';
import type { SpoolOptions } from '../../src/spool/spool-options.js';
import type { SpoolNotice, SpoolRecord } from '../../src/spool/spool-record.js';

/** A folder under the system's own for temporary files; removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'naa-spool-'));
  afterwards(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What is to be done after the test, latest first. */
export function afterwards(act: () => void): void {
  onTestFinished(act);
}

/** An open spool, and what it told. Closed after the test. */
export function openSpool(dir: string, options: Partial<SpoolOptions> = {}): { spool: Spool; notices: SpoolNotice[] } {
  const notices: SpoolNotice[] = [];
  const spool = new Spool({ dir, destination: 'key-and-host', onNotice: (notice) => notices.push(notice), ...options });
  if (!spool.tryResume()) throw spool.failure!;
  afterwards(() => spool.close());
  return { spool, notices };
}

/** Takes all there is in a lane, and acknowledges it. */
export function drain(spool: Spool, lane = 0): SpoolRecord[] {
  const all: SpoolRecord[] = [];
  for (;;) {
    const records = spool.take({ lane, maxRecords: 1000, maxBytes: 10_000_000 });
    if (records.length === 0) return all;
    spool.acknowledge(records);
    all.push(...records);
  }
}

export function texts(records: readonly SpoolRecord[]): string[] {
  return records.map(({ payload }) => payload.toString());
}

/** `count` payloads that tell their number, `from` being the first. */
export function numbered(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ n: from + index }));
}

/** Paths below a folder, with their modes. */
export function modesBelow(folder: string): { path: string; isFolder: boolean; mode: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => {
    const stats = statSync(join(folder, path));
    return { path, isFolder: stats.isDirectory(), mode: (stats.mode & 0o777).toString(8) };
  });
}

/** Paths of the segment files below a folder, sorted. */
export function segmentsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.seg'))
    .map((path) => join(folder, path))
    .sort();
}
