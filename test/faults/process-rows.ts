import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { recover } from './recover.js';
import type { DeliveryKind, Row, Tally } from './row.js';
import { apiKey } from './subject.js';
import { tally } from './tally.js';

interface Ending extends Pick<Row, 'name' | 'of' | 'mayLose' | 'faulty' | 'short'> {
  readonly env: Record<string, string>;
  /** How many events are captured in all. @default EVENTS */
  readonly captured?: number;
  /** Does something to the process that runs. */
  readonly act?: (app: FixtureProcess, server: PostHogServer) => Promise<void>;
}

const events = 15;

/** What the memory does here, its short form shows with another ending, or `test/e2e/leaving` does. */
const spoolOnly = { short: ['spool'] } as const;

const endings: Ending[] = [
  { name: 'process.exit right after capture', env: { END: 'exit' }, faulty: false },
  {
    name: 'process.exit from within beforeSend',
    env: { END: 'exit-in-before-send' },
    mayLose: { spool: 1 },
    of: ['memory', 'spool'],
  },
  { name: 'main returns', env: { END: 'main' }, ...spoolOnly, faulty: false },
  { name: 'uncaught exception', env: { END: 'throw' }, faulty: false },
  { name: 'unhandled rejection', env: { END: 'reject' }, ...spoolOnly, faulty: false },
  {
    name: "SIGTERM with Nest's shutdown hooks",
    env: { END: 'stay', HOOKS: '1' },
    act: terminate,
    ...spoolOnly,
    faulty: false,
  },
  {
    name: 'SIGTERM with hooks, an open SSE stream',
    env: { END: 'stay', HOOKS: '1', CUT: '1' },
    act: terminateWithStream,
    ...spoolOnly,
    faulty: false,
  },
  {
    name: 'SIGTERM with hooks, a request in flight',
    env: { END: 'stay', HOOKS: '1' },
    act: terminateWithRequest,
    captured: events + 1,
    faulty: false,
  },
  {
    name: 'SIGTERM without hooks, 300 ms after capture',
    env: { END: 'stay' },
    act: terminateLater,
    ...spoolOnly,
    mayLose: { memory: 'untold' },
  },
  {
    name: 'a blocked event loop, then SIGTERM with hooks',
    env: { END: 'block', HOOKS: '1' },
    act: terminate,
    ...spoolOnly,
  },
  { name: 'two apps in one process, process.exit', env: { END: 'two-apps' } },
  { name: 'worker_threads, process.exit in each', env: { END: 'threads' }, captured: 3 * events, ...spoolOnly },
  {
    name: 'cluster, the primary killed',
    env: { END: 'cluster' },
    captured: 3 * events,
    act: killPrimary,
    ...spoolOnly,
    mayLose: { memory: 'untold' },
  },
];

export const processRows: readonly Row[] = [
  ...endings.map((ending): Row => ({ ...ending, group: 'the process', run: (delivery) => run(ending, delivery) })),
  { group: 'the process', name: 'two processes on one folder, process.exit', ...spoolOnly, run: twoProcesses },
  { group: 'the process', name: 'a restart under another key', of: ['spool'], run: anotherKey },
];

export function environment(delivery: DeliveryKind, server: PostHogServer, dir: string): Record<string, string> {
  return {
    DELIVERY: delivery,
    POSTHOG_API_KEY: apiKey,
    POSTHOG_HOST: server.url,
    EVENTS: String(events),
    ANALYTICS_SHUTDOWN_TIMEOUT_MS: '3000',
    ...(delivery === 'spool' && { ANALYTICS_SPOOL_DIR: dir }),
  };
}

/** How many events the lines of a process say are lost. */
function toldIn(delivery: DeliveryKind, lines: readonly string[]): Tally['told'] {
  if (delivery === 'posthog-node') return lines.some((line) => /posthog/i.test(line)) ? 'some' : 'no';
  return lines.reduce(
    (sum, line) => sum + Number(/closed with ([\d,]+) event/.exec(line)?.[1]?.replaceAll(',', '') ?? 0),
    0,
  );
}

async function run({ env, captured = events, act }: Ending, delivery: DeliveryKind): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  try {
    const app = new FixtureProcess('faulted', { ...environment(delivery, server, folder.path), ...env });
    await act?.(app, server);
    await app.ended();
    if (delivery === 'spool') await recover(folder.path, server.url);
    return tally(server, { captured, told: toldIn(delivery, app.said) });
  } finally {
    await server.close();
    folder.remove();
  }
}

async function terminate(app: FixtureProcess): Promise<void> {
  await app.line('ready');
  app.signal('SIGTERM');
}

async function terminateLater(app: FixtureProcess): Promise<void> {
  await app.line('ready');
  await sleep(300);
  app.signal('SIGTERM');
}

async function terminateWithStream(app: FixtureProcess): Promise<void> {
  const url = await app.line('ready');
  const [response] = (await once(get(`${url}/stream`), 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  await once(response, 'data');
  app.signal('SIGTERM');
}

async function terminateWithRequest(app: FixtureProcess): Promise<void> {
  const url = await app.line('ready');
  get(`${url}/slow`, { agent: false }, (response) => response.resume()).on('error', () => undefined);
  await app.line('inside');
  app.signal('SIGTERM');
}

async function killPrimary(app: FixtureProcess): Promise<void> {
  await app.line('ready');
  // Beyond the window of 10 ms.
  await sleep(300);
  app.signal('SIGKILL');
}

async function twoProcesses(delivery: DeliveryKind): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  try {
    const env = { ...environment(delivery, server, folder.path), END: 'exit' };
    const apps = [1, 1 + events].map((first) => new FixtureProcess('faulted', { ...env, FIRST: String(first) }));
    await Promise.all(apps.map((app) => app.ended()));
    if (delivery === 'spool') await recover(folder.path, server.url);
    const told = toldIn(
      delivery,
      apps.flatMap(({ said }) => said),
    );
    return tally(server, { captured: 2 * events, told });
  } finally {
    await server.close();
    folder.remove();
  }
}

/** The events of the first process wait for its key; the second, under another, sends none of them. */
async function anotherKey(delivery: DeliveryKind): Promise<Tally> {
  const server = await startPostHogServer();
  const folder = folderFor();
  try {
    server.fault(faults.status(503));
    const app = new FixtureProcess('faulted', { ...environment(delivery, server, folder.path), END: 'exit' });
    await app.ended();
    server.clearFaults();
    await recover(folder.path, server.url, 'phc_other');
    const strangers = server.events.length;
    await recover(folder.path, server.url);
    const wrong = strangers > 0 ? `${strangers} events were sent under another key` : undefined;
    return tally(server, { captured: events, told: toldIn(delivery, app.said), wrong });
  } finally {
    await server.close();
    folder.remove();
  }
}
