import { getPriority, setPriority } from 'node:os';
import { FixtureProcess } from '../support/fixture-process.js';
import { startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { environment } from './process-rows.js';
import { RequestLoad } from './request-load.js';
import { serverTroubles, type ServerTrouble } from './server-troubles.js';

/** The application's p99 during a fault of the server, against that without one. */
export interface ResponseTimes {
  readonly fault: string;
  readonly delivery: 'memory' | 'spool';
  /** Milliseconds, the medians of the pairs. */
  readonly healthy: number;
  readonly faulty: number;
  /** Median of the pairs' ratios. */
  readonly ratio: number;
  readonly pairs: number;
}

/** What the ratio may be. */
export const mostRatio = 1.25;

/** Two that differ in nothing come to 0.9 to 1.1 in five pairs: where five say that it is too much, more are asked. */
const pairs = 5;
const mostPairs = 20;
/**
 * A pair is made of short turns, so that what else the machine does strikes both alike, and of many: in two seconds a
 * single pause of the machine decides what the p99 is.
 */
const turnsOfPair = 12;
const warmUpTurns = 8;
const turnMs = 250;
/**
 * Node's HTTP server leaves 15 KB of garbage behind each request, 30 times what an event is that waits: with or without
 * a fault a full collection comes once in 1,300 requests and holds up eight of them for 10 ms. Whether a pair has one
 * or three would be its p99. With so much room, in MB, neither application makes one.
 */
const withoutFullCollections = ['--initial-old-space-size=1024'];
const mostUrgent = -20;
const leastUrgent = 19;

/** Measures at a fixed open-loop rate, fault and health in turn. Needs a quiet machine, and 20 minutes. */
export async function responseTimes(onEach: (times: ResponseTimes) => void): Promise<ResponseTimes[]> {
  const before = getPriority();
  try {
    return await measureAll(onEach);
  } finally {
    prioritise(before);
  }
}

/** Where that is allowed; elsewhere the machine has to be the quieter. */
function prioritise(priority: number): void {
  try {
    setPriority(priority);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
  }
}

async function measureAll(onEach: (times: ResponseTimes) => void): Promise<ResponseTimes[]> {
  const all: ResponseTimes[] = [];
  prioritise(mostUrgent);
  const requests = new RequestLoad();
  for (const trouble of serverTroubles) {
    for (const delivery of ['memory', 'spool'] as const) {
      const times = { fault: trouble.name, delivery, ...(await measure(delivery, trouble, requests)) };
      onEach(times);
      all.push(times);
    }
  }
  await requests.end();
  return all;
}

/**
 * Two applications that differ only in what answers their events, as one that was in trouble would stay there: a key
 * that was refused is tried again after ten minutes.
 */
async function measure(delivery: 'memory' | 'spool', trouble: ServerTrouble, requests: RequestLoad) {
  // The applications inherit it. The servers, in this thread, stand for other machines: they take no time from them.
  prioritise(mostUrgent);
  const [healthyApp, faultyApp] = [await startApp(delivery), await startApp(delivery, trouble)];
  prioritise(leastUrgent);
  try {
    const healthy: number[] = [];
    const faulty: number[] = [];
    const ratio = () => median(faulty.map((value, index) => value / (healthy[index] ?? NaN)));
    const isOver = (done: number) => done === mostPairs || (done > 0 && done % pairs === 0 && ratio() <= mostRatio);
    // The first warms them up.
    for (let pair = -1; !isOver(pair); pair++) {
      const times = { healthy: [] as number[], faulty: [] as number[] };
      for (let turn = 0; turn < (pair < 0 ? warmUpTurns : turnsOfPair); turn++) {
        times.healthy.push(...(await requests.run(healthyApp.url, turnMs)));
        times.faulty.push(...(await requests.run(faultyApp.url, turnMs)));
      }
      if (pair < 0) continue;
      healthy.push(p99(times.healthy));
      faulty.push(p99(times.faulty));
    }
    return { healthy: median(healthy), faulty: median(faulty), ratio: ratio(), pairs: healthy.length };
  } finally {
    await Promise.all([healthyApp.end(), faultyApp.end()]);
  }
}

interface LoadedApp {
  /** A route that captures one event. */
  readonly url: string;
  end(): Promise<void>;
}

async function startApp(delivery: 'memory' | 'spool', trouble?: ServerTrouble): Promise<LoadedApp> {
  const server = await startPostHogServer();
  const folder = folderFor();
  const env = { ...environment(delivery, server, folder.path), END: 'stay', HOOKS: '1' };
  await trouble?.begin?.(server);
  const host = trouble?.host?.(server);
  const timeout = { ANALYTICS_SHUTDOWN_TIMEOUT_MS: '100' };
  const app = new FixtureProcess(
    'faulted',
    { ...env, ...timeout, ...(host !== undefined && { POSTHOG_HOST: host }) },
    withoutFullCollections,
  );
  return {
    url: `${await app.line('ready')}/tracked`,
    async end() {
      app.signal('SIGTERM');
      await app.ended();
      await server.close();
      folder.remove();
    },
  };
}

function p99(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
