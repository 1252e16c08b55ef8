import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Spool } from '../../src/spool/spool.js';

/** Microseconds for each record of 1 KB, in batches of 100. */
export interface SpoolRates {
  readonly append: number;
  readonly appendWithFsync: number;
  /** Take and acknowledge, with a cursor saved every 10 batches. */
  readonly drain: number;
  readonly bareAppendFile: number;
  /** Likewise a batch in each call. */
  readonly bareAppendFileBatch: number;
}

/** Measures in a folder of its own, which is left empty. */
export function measureRates(folder: string, records: number): SpoolRates {
  const batch = Array.from({ length: 100 }, (_, i) => JSON.stringify({ n: i }).padEnd(1024, 'x'));
  const line = `${batch[0]!}\n`;
  const batchText = batch.map((text) => `${text}\n`).join('');
  const file = join(folder, 'bare');
  const bareAppendFile = microseconds(records, () => {
    for (let n = 0; n < records; n++) appendFileSync(file, line);
  });
  rmSync(file);
  const bareAppendFileBatch = microseconds(records, () => {
    for (let n = 0; n < records; n += 100) appendFileSync(file, batchText);
  });
  rmSync(file);
  const spool = open(join(folder, 'spool'), false);
  const append = microseconds(records, () => {
    for (let n = 0; n < records; n += 100) spool.append(batch);
  });
  const drain = microseconds(records, () => {
    let batches = 0;
    for (let taken = spool.take(); taken.length > 0; taken = spool.take()) {
      spool.acknowledge(taken);
      if (++batches % 10 === 0) spool.persistCursor();
    }
  });
  if (spool.counts().pending > 0) throw new Error('not everything was read');
  spool.close();
  const synced = open(join(folder, 'synced'), true);
  const fewer = Math.ceil(records / 10);
  const appendWithFsync = microseconds(fewer, () => {
    for (let n = 0; n < fewer; n += 100) synced.append(batch);
  });
  synced.close();
  rmSync(join(folder, 'synced'), { recursive: true });
  rmSync(join(folder, 'spool'), { recursive: true });
  return { append, appendWithFsync, drain, bareAppendFile, bareAppendFileBatch };
}

function open(dir: string, fsync: boolean): Spool {
  const spool = new Spool({ dir, destination: 'rates', fsync });
  if (!spool.tryResume()) throw spool.failure!;
  return spool;
}

function microseconds(records: number, work: () => void): number {
  const start = performance.now();
  work();
  return (1000 * (performance.now() - start)) / records;
}
