import { FixtureProcess } from '../support/fixture-process.js';
import { startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { environment } from './process-rows.js';
import { recover } from './recover.js';
import type { DeliveryKind, Form, Row, Tally } from './row.js';
import { arrived, tally } from './tally.js';

const kills = { short: 4, long: 50 };
/** When the process is killed, after its first call; milliseconds. */
const earliestMs = 300;
const latestMs = { short: 600, long: 1_500 };
/** The 500th record writes within its call, so that at most so many are in the window. */
const mostWindowEvents = 499;
/** A timer of 10 ms comes late where the loop is busy or the machine is; the tests' machine is, with other tests. */
const mostWindowMs = { short: 250, long: 60 };

interface Kill {
  readonly tally: Tally;
  /** From the oldest lost call to the last call, milliseconds. */
  readonly windowMs: number;
  readonly windowEvents: number;
}

export const killRows: readonly Row[] = [
  {
    group: 'the process',
    name: 'SIGKILL at random moments under load',
    short: ['spool'],
    mayLose: { memory: 'untold', spool: 'untold' },
    run,
  },
];

async function run(delivery: DeliveryKind, form: Form): Promise<Tally> {
  const wanted = delivery === 'spool' ? kills[form] : Math.min(5, kills[form]);
  const oneKill = (round: number) => {
    const afterMs = earliestMs + Math.random() * (latestMs[form] - earliestMs);
    return kill(delivery, round % 2 === 0 ? 'bursts' : 'sparse', afterMs);
  };
  const all: Kill[] = [];
  if (form === 'short') all.push(...(await Promise.all(Array.from({ length: wanted }, (_, round) => oneKill(round)))));
  else for (let round = 0; round < wanted; round++) all.push(await oneKill(round));
  const sum = (of: (tally: Tally) => number) => all.reduce((total, one) => total + of(one.tally), 0);
  const windows = all.map(({ windowMs }) => windowMs).sort((a, b) => a - b);
  const [p50 = 0, most = 0] = [windows[Math.floor(windows.length / 2)], windows.at(-1)];
  const mostEvents = Math.max(...all.map(({ windowEvents }) => windowEvents));
  const isWide = delivery === 'spool' && (most > mostWindowMs[form] || mostEvents > mostWindowEvents);
  const window = `window p50 ${p50.toFixed(1)} ms, max ${most.toFixed(1)} ms, ${mostEvents} records`;
  const note = `${wanted} kills; ${window}`;
  return {
    captured: sum(({ captured }) => captured),
    delivered: sum(({ delivered }) => delivered),
    kept: 0,
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    resent: sum(({ resent }) => resent),
    told: 'no',
    note,
    ...(delivery === 'spool' && { figure: `SIGKILL ${window}` }),
    ...(isWide && { wrong: `lost beyond the window: ${note}` }),
  };
}

async function kill(delivery: DeliveryKind, pace: 'bursts' | 'sparse', afterMs: number): Promise<Kill> {
  const server = await startPostHogServer();
  const folder = folderFor();
  try {
    const env = { ...environment(delivery, server, folder.path), END: 'flood', PACE: pace };
    const app = new FixtureProcess('faulted', env);
    await app.line('call');
    await new Promise((later) => setTimeout(later, afterMs));
    app.signal('SIGKILL');
    await app.ended();
    if (delivery === 'spool') await recover(folder.path, server.url);
    const calls = app.said.flatMap((line) => {
      const [word, n, at] = line.split(' ');
      return word === 'call' && at !== undefined ? [{ n: Number(n), at: Number(at) }] : [];
    });
    const have = arrived(server);
    const missing = calls.filter(({ n }) => !have.has(n));
    const last = calls.at(-1)?.at ?? 0;
    // The last call may have been recorded and not said.
    const result = tally(server, { captured: Math.max(calls.length, ...have), told: 'no' });
    const windowMs = missing.length > 0 ? last - (missing[0]?.at ?? last) : 0;
    const windowEvents = missing.length > 0 ? calls.length - (missing[0]?.n ?? 0) + 1 : 0;
    return { tally: result, windowMs, windowEvents };
  } finally {
    await server.close();
    folder.remove();
  }
}
