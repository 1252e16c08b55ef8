import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { Spool } from '../../src/spool/spool.js';
import { spoolDestination } from '../../src/delivery/spool-destination.js';
import { startPostHogServer } from '../support/posthog-server.js';
import { temporaryFolder } from '../spool/spool-folder.js';

const apiKey = 'phc_test';
const event = (n: number) => `${JSON.stringify({ event: `event_${n}`, distinct_id: 'u1', properties: {} })}`;

/** A spool that a process left behind, with so many events. */
function leaveBehind(host: string, count: number): string {
  const dir = temporaryFolder();
  const spool = new Spool({ dir, destination: spoolDestination(apiKey, host) });
  spool.tryResume();
  spool.append(Array.from({ length: count }, (_, n) => ` 1 \n${event(n)}`));
  spool.close();
  return dir;
}

function start(host: string, ...args: string[]) {
  const env = { ...process.env, POSTHOG_API_KEY: apiKey, POSTHOG_HOST: host };
  return spawn(process.execPath, ['.compiled/src/cli/index.js', 'spool', ...args], { env, stdio: 'pipe' });
}

it('An export ends where nobody reads its result any more', async () => {
  const host = 'http://127.0.0.1:9';
  const child = start(host, 'export', leaveBehind(host, 20_000));
  child.stdout.destroy();
  const said = text(child.stderr);
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  expect(await said).toBe('0 pending events written\n');
});

it('A drain goes on where nobody reads what it says', async () => {
  const server = await startPostHogServer();
  const dir = leaveBehind(server.url, 150);
  // It has something to say: events for another key.
  const other = new Spool({ dir, destination: 'other' });
  other.tryResume();
  other.append(['x']);
  other.close();
  const child = start(server.url, 'drain', dir);
  child.stderr.destroy();
  const said = text(child.stdout);
  await once(child, 'close');
  expect(await said).toBe('150 sent, 0 refused by PostHog, 0 still wait\n');
  await server.close();
});
