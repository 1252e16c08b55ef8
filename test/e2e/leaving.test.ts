import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it, type TestContext } from 'vitest';
import type { AnalyticsStats } from '../../src/index.js';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';

const EVENTS = 5_000;
/** Long enough to send all of them on a busy machine, or short, where nothing can be sent. */
const TIMEOUT_MS = 10_000;
const SHORT_MS = 1_000;
/** What the process itself takes to end, on a busy machine. */
const SLACK_MS = 3_000;

const setUp = async ({ onTestFinished }: TestContext) => {
  const server = await startPostHogServer();
  onTestFinished(() => server.close());
  const start = (env: Record<string, string> = {}) =>
    new FixtureProcess('leaving', {
      POSTHOG_API_KEY: 'phc_leaving',
      POSTHOG_HOST: server.url,
      ANALYTICS_SHUTDOWN_TIMEOUT_MS: String(TIMEOUT_MS),
      // So that nothing has left before the signal comes.
      ANALYTICS_FLUSH_INTERVAL_MS: '60000',
      EVENTS: String(EVENTS),
      ...env,
    });
  return { server, start };
};
const statsOf = async (process: FixtureProcess) => JSON.parse(await process.line('stats')) as AnalyticsStats;
/** How many the process said that it left behind. */
const toldLeft = (process: FixtureProcess) => {
  const line = process.said.find((text) => text.includes('NAA3') && /\d+ event/.test(text)) ?? '';
  return Number(/([\d,]+) event/.exec(line)?.[1]?.replaceAll(',', '') ?? 0);
};
const balance = ({ accepted, delivered, dropped, dead, pending }: AnalyticsStats) =>
  expect(accepted).toBe(delivered + (dropped.shutdown ?? 0) + dead + pending.total);

describe.concurrent('SIGTERM with shutdown hooks and 5,000 events pending', { timeout: 30_000 }, () => {
  it('sends all of them, and tells of none', async (test) => {
    const { server, start } = await setUp(test);
    const app = start();
    await app.line('ready');
    app.signal('SIGTERM');
    const { signal, afterMs } = await app.ended();
    expect(signal).toBe('SIGTERM');
    expect(server.distinct()).toHaveLength(EVENTS);
    expect(server.events).toHaveLength(EVENTS);
    expect(toldLeft(app)).toBe(0);
    expect(afterMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    balance(await statsOf(app));
  });

  it('leaves in time where the server never answers, and says how many are left', async (test) => {
    const { server, start } = await setUp(test);
    server.fault(faults.hang);
    const app = start({ ANALYTICS_SHUTDOWN_TIMEOUT_MS: String(SHORT_MS) });
    await app.line('ready');
    app.signal('SIGTERM');
    const { signal, afterMs } = await app.ended();
    expect(signal).toBe('SIGTERM');
    expect(afterMs).toBeLessThan(SHORT_MS + SLACK_MS);
    const stats = await statsOf(app);
    balance(stats);
    expect(toldLeft(app)).toBe(stats.accepted - server.events.length);
    expect(toldLeft(app)).toBe(EVENTS);
  });

  it('leaves in time with an open stream, whose message is told as aborted by the shutdown', async (test) => {
    const { server, start } = await setUp(test);
    const app = start({ STREAM: 'open' });
    const url = await app.line('ready');
    const [response] = (await once(get(`${url}/stream/s2`), 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data');
    app.signal('SIGTERM');
    const { afterMs } = await app.ended();
    expect(afterMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    expect(toldLeft(app)).toBe(0);
    const stats = await statsOf(app);
    balance(stats);
    expect(server.distinct()).toHaveLength(stats.accepted);
    const [completed] = server.events.filter(({ event }) => event === 'copilot_response_completed');
    expect(completed?.properties).toMatchObject({ session_id: 's2', outcome: 'aborted', abort_reason: 'shutdown' });
  });
});
