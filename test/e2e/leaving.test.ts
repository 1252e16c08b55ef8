import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnalyticsStats } from '../../src/index.js';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

const EVENTS = 5_000;
const TIMEOUT_MS = 2_000;
/** What the process itself takes to end, on a busy machine. */
const SLACK_MS = 1_500;

let server: PostHogServer;
beforeEach(async () => {
  server = await startPostHogServer();
});
afterEach(() => server.close());

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
const statsOf = async (process: FixtureProcess) => JSON.parse(await process.line('stats')) as AnalyticsStats;
/** How many the process said that it left behind. */
const toldLeft = (process: FixtureProcess) => {
  const line = process.said.find((text) => text.includes('NAA3') && /\d+ event/.test(text)) ?? '';
  return Number(/([\d,]+) event/.exec(line)?.[1]?.replaceAll(',', '') ?? 0);
};
const balance = ({ accepted, delivered, dropped, dead, pending }: AnalyticsStats) =>
  expect(accepted).toBe(delivered + (dropped.shutdown ?? 0) + dead + pending.total);

describe('SIGTERM with shutdown hooks and 5,000 events pending', () => {
  it('sends all of them, and tells of none', async () => {
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

  it('leaves in time where the server never answers, and says how many are left', async () => {
    server.fault(faults.hang);
    const app = start();
    await app.line('ready');
    app.signal('SIGTERM');
    const { signal, afterMs } = await app.ended();
    expect(signal).toBe('SIGTERM');
    expect(afterMs).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    const stats = await statsOf(app);
    balance(stats);
    expect(toldLeft(app)).toBe(stats.accepted - server.events.length);
    expect(toldLeft(app)).toBe(EVENTS);
  });

  it('leaves in time with an open stream, whose message is told as aborted by the shutdown', async () => {
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
