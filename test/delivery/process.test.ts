import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FixtureProcess } from '../support/fixture-process.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

describe('A process with nothing but delivery in it', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  const start = (end: string, events: number) =>
    new FixtureProcess('delivery', { HOST: server.url, END: end, EVENTS: String(events) });

  it('stays until a flush is over, and ends then, although its connection is open', async () => {
    const script = start('flush', 12_345);
    expect(JSON.parse(await script.line('flushed'))).toEqual({ delivered: 12_345, pending: 0 });
    expect(await script.ended()).toMatchObject({ code: 0 });
    expect(server.distinct()).toHaveLength(12_345);
    // Far below the 30 s for which an idle connection is kept.
    expect(server.requests.at(-1)?.receivedAt).toBeGreaterThan(Date.now() - 5_000);
  });

  it('stays between the attempts while it leaves, and tells what is left', async () => {
    server.fault(faults.status(503));
    const script = start('leave', 250);
    expect(JSON.parse(await script.line('left'))).toEqual({ delivered: 0, pending: 250 });
    expect(await script.line('closed')).toBe('250');
    expect(await script.ended()).toMatchObject({ code: 0 });
    expect(server.requests.length).toBeGreaterThan(3);
    expect(script.said.filter((line) => line.startsWith('NAA310'))).toHaveLength(1);
  });

  it('can tell within an exit handler what is lost', async () => {
    const script = start('exit', 250);
    expect(await script.line('closed')).toBe('250');
    expect(await script.ended()).toMatchObject({ code: 3 });
    expect(script.said.join()).toContain('NAA310 Analytics closed with 250 events');
    expect(server.events).toHaveLength(0);
  });
});
