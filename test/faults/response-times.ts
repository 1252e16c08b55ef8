import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { environment } from './process-rows.js';

/** The application's p99 during a fault of the server, against that without one. */
export interface ResponseTimes {
  readonly fault: string;
  readonly delivery: 'memory' | 'spool';
  /** Milliseconds, the medians of the pairs. */
  readonly healthy: number;
  readonly faulty: number;
  /** Median of the pairs' ratios. */
  readonly ratio: number;
}

const perSecond = 200;
const runMs = 2_000;
const pairs = 5;

const kinds: Readonly<Record<string, (server: PostHogServer) => void | Promise<void>>> = {
  'down (connections refused)': (server) => server.refuse(),
  503: (server) => void server.fault(faults.status(503)),
  resets: (server) => void server.fault(faults.reset),
  'never answers': (server) => void server.fault(faults.hang),
  'answers in 2 s': (server) => void server.fault(faults.slow(2_000)),
};

/** Measures at a fixed open-loop rate, fault and health in turn. Needs a quiet machine. */
export async function responseTimes(onEach: (times: ResponseTimes) => void): Promise<ResponseTimes[]> {
  const all: ResponseTimes[] = [];
  for (const [fault, begin] of Object.entries(kinds)) {
    for (const delivery of ['memory', 'spool'] as const) {
      const times = { fault, delivery, ...(await measure(delivery, begin)) };
      onEach(times);
      all.push(times);
    }
  }
  return all;
}

async function measure(delivery: 'memory' | 'spool', begin: (server: PostHogServer) => void | Promise<void>) {
  const server = await startPostHogServer();
  const folder = folderFor();
  const env = { ...environment(delivery, server, folder.path), END: 'stay', HOOKS: '1' };
  const app = new FixtureProcess('faulted', env);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  try {
    const url = `${await app.line('ready')}/tracked`;
    await load(url, agent);
    const healthy: number[] = [];
    const faulty: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      healthy.push(await load(url, agent));
      await begin(server);
      faulty.push(await load(url, agent));
      server.clearFaults();
      await server.refuse();
      await server.listen();
      await sleep(500);
    }
    const ratios = faulty.map((value, index) => value / (healthy[index] ?? NaN));
    return { healthy: median(healthy), faulty: median(faulty), ratio: median(ratios) };
  } finally {
    agent.destroy();
    app.signal('SIGTERM');
    await app.ended();
    await server.close();
    folder.remove();
  }
}

/** The p99 of requests that are made at their times, however long those before them take; milliseconds. */
async function load(url: string, agent: Agent): Promise<number> {
  const times: number[] = [];
  const requests: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; performance.now() - start < runMs;) {
    const due = Math.floor(((performance.now() - start) / 1_000) * perSecond);
    for (; sent < due; sent++) {
      const from = performance.now();
      const answered = new Promise<void>((resolve) => {
        get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', () => resolve());
      });
      requests.push(answered.then(() => void times.push(performance.now() - from)));
    }
    await sleep(2);
  }
  await Promise.all(requests);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)] ?? NaN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
