import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { AnalyticsStats } from '../../src/index.js';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';

const EVENTS = 5_000;

const setUp = async ({ onTestFinished }: TestContext) => {
  const server = await startPostHogServer();
  const folder = mkdtempSync(join(tmpdir(), 'spool-'));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.close();
  });
  const start = (events: number, env: Record<string, string> = {}) =>
    new FixtureProcess('leaving', {
      POSTHOG_API_KEY: 'phc_spool',
      POSTHOG_HOST: server.url,
      ANALYTICS_SPOOL_DIR: folder,
      ANALYTICS_SHUTDOWN_TIMEOUT_MS: '500',
      EVENTS: String(events),
      ...env,
    });
  return { server, start };
};
const leave = async (app: FixtureProcess): Promise<AnalyticsStats> => {
  await app.line('ready');
  app.signal('SIGTERM');
  await app.ended();
  return JSON.parse(await app.line('stats')) as AnalyticsStats;
};

describe.concurrent('with a spool', { timeout: 30_000 }, () => {
  it('what a process leaves behind while PostHog is down, the next one delivers', async (test) => {
    const { server, start } = await setUp(test);
    server.fault(faults.hang);
    const left = await leave(start(EVENTS));
    expect(left).toMatchObject({ accepted: EVENTS, delivered: 0, dropped: {} });
    server.clearFaults();

    const next = start(0, { ANALYTICS_SHUTDOWN_TIMEOUT_MS: '10000' });
    await next.line('ready');
    await server.waitFor(EVENTS, 15_000);
    const stats = await leave(next);
    expect(server.distinct()).toHaveLength(EVENTS);
    expect(stats).toMatchObject({ adopted: EVENTS, delivered: EVENTS });
  });

  it('a killed process leaves behind all but the records of its last moment', async (test) => {
    const { server, start } = await setUp(test);
    server.fault(faults.hang);
    const killed = start(EVENTS);
    await killed.line('ready');
    killed.signal('SIGKILL');
    await killed.ended();
    server.clearFaults();

    const next = start(0);
    await next.line('ready');
    // The 500th record writes those before it within its call, so at most 499 can be missing.
    await server.waitFor(EVENTS - 499, 15_000);
    await leave(next);
    expect(server.distinct().length).toBeGreaterThan(EVENTS - 500);
  });

  it('sends nothing of it under another key', async (test) => {
    const { server, start } = await setUp(test);
    server.fault(faults.hang);
    await leave(start(100));
    server.clearFaults();
    const other = start(1, { POSTHOG_API_KEY: 'phc_other', ANALYTICS_FLUSH_INTERVAL_MS: '0' });
    await other.line('ready');
    await server.waitFor(1);
    await leave(other);
    expect(server.events).toHaveLength(1);
  });
});
