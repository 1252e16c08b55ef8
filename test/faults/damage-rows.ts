import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/event/clock.js';
import { RECORD_MAGIC } from '../../src/spool/record-format.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { recover } from './recover.js';
import type { Form, Row, Tally } from './row.js';
import { apiKey, OwnDelivery } from './subject.js';
import { arrived, tally } from './tally.js';

const only = { group: 'the disk', of: ['spool'] as const };

/** Bytes of the spool that are not what they were: no record is lost but those that the damage touched. */
export const damageRows: readonly Row[] = [
  { ...only, name: 'truncated at each byte of the last write', mayLose: { spool: 'any' }, run: truncated },
  { ...only, name: 'one flipped byte at random places', mayLose: { spool: 'any' }, run: flipped },
];

const inSpool = 60;

async function truncated(_delivery: unknown, form: Form): Promise<Tally> {
  return damaged(form, async (segment, rounds, tryOne) => {
    const bytes = readFileSync(segment);
    const records = recordsIn(bytes);
    // The last write holds the last twenty events.
    const start = records[inSpool - 20]!.start;
    const step = form === 'long' ? 1 : Math.ceil((bytes.length - start) / rounds);
    for (let end = bytes.length - 1; end >= start; end -= step) {
      const cut = records.filter((record) => record.end > end);
      await tryOne((path) => truncateSync(path, end), cut);
    }
  });
}

async function flipped(_delivery: unknown, form: Form): Promise<Tally> {
  return damaged(form, async (segment, rounds, tryOne) => {
    const bytes = readFileSync(segment);
    const records = recordsIn(bytes);
    for (let round = 0; round < rounds; round++) {
      const place = Math.floor(Math.random() * bytes.length);
      const copy = Buffer.from(bytes);
      copy[place] = copy[place]! ^ (1 << Math.floor(Math.random() * 8));
      // None of them where the header of the file is hit.
      const hit = records.filter(({ start, end }) => start <= place && place < end);
      await tryOne((path) => writeFileSync(path, copy), hit);
    }
  });
}

/** Where the record of an event stands in its file. */
interface Place {
  readonly n: number;
  readonly start: number;
  readonly end: number;
}

function recordsIn(segment: Buffer): Place[] {
  const starts: number[] = [];
  for (let at = segment.indexOf(RECORD_MAGIC); at >= 0; at = segment.indexOf(RECORD_MAGIC, at + 1)) starts.push(at);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? segment.length;
    return { n: Number(/"n":(\d+)/.exec(segment.toString('latin1', start, end))?.[1]), start, end };
  });
}

/** `touched`: what the damage struck; nothing else may be lost. */
type TryOne = (damage: (segment: string) => void, touched: readonly Place[]) => Promise<void>;

/** Makes a spool of events, damages copies of it, and lets each be delivered by the next process. */
async function damaged(
  form: Form,
  work: (segment: string, rounds: number, tryOne: TryOne) => Promise<void>,
): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const sums = { captured: 0, delivered: 0, kept: 0, lost: 0, doubled: 0, resent: 0, told: 0, rounds: 0 };
  let wrong: string | undefined;
  try {
    const original = join(folder.path, 'original');
    await fillSpool(server, original);
    const tryOne: TryOne = async (damage, touched) => {
      const copy = join(folder.path, 'copy');
      cpSync(original, copy, { recursive: true, preserveTimestamps: true });
      damage(segmentIn(copy));
      server.events.length = 0;
      const stats = await recover(copy, server.url);
      const told = stats.dropped.damaged ?? 0;
      const one = tally(server, { captured: inSpool, told });
      const have = arrived(server);
      const mayBeLost = new Set(touched.map(({ n }) => n));
      for (let n = 1; n <= inSpool; n++) {
        if (!have.has(n) && !mayBeLost.has(n)) wrong ??= `${n} is lost, and the damage did not touch it`;
      }
      if (one.lost !== told) wrong ??= `${one.lost} lost, ${told} told`;
      for (const key of ['captured', 'delivered', 'lost', 'doubled', 'resent'] as const) sums[key] += one[key];
      sums.told += told;
      sums.rounds++;
      rmSync(copy, { recursive: true });
    };
    await work(segmentIn(original), form === 'long' ? 1_000 : 25, tryOne);
    const { rounds, ...result } = sums;
    return { ...result, note: `${rounds} damaged copies of ${inSpool} events`, ...(wrong !== undefined && { wrong }) };
  } finally {
    await server.close();
    folder.remove();
  }
}

async function fillSpool(server: PostHogServer, dir: string): Promise<void> {
  const writer = new OwnDelivery('spool', { host: server.url, dir, clock: systemClock });
  for (let n = 1; n <= inSpool; n++) {
    writer.capture(n);
    if (n % 20 === 0) writer.pipeline.drain();
  }
  writer.pipeline.close();
  await Promise.resolve();
}

function segmentIn(dir: string): string {
  const name = readdirSync(dir, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.seg'));
  if (name === undefined) throw new Error(`no segment in ${dir}`);
  return join(dir, name);
}
