import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FoundEvents } from '../../src/inbox/inbox-api.js';
import type { Consumer } from './consumer.js';

/** The stand-alone inbox, as a consumer starts it: it says how, shows what their posthog-node captures, and ends. */
export async function tryInbox(consumer: Consumer): Promise<void> {
  expect(await consumer.runBin('nestjs-agent-analytics', ['inbox', '--help'])).toContain('inbox tail');
  const bin = join(consumer.folder, 'node_modules/.bin/nestjs-agent-analytics');
  const env = { ...process.env, NODE_ENV: 'development' };
  const inbox = spawn(bin, ['inbox', '--port', '0'], {
    cwd: consumer.folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    let said = '';
    while (!said.includes('Nothing is forwarded')) said += String((await once(inbox.stdout, 'data'))[0]);
    const page = new URL(/Inbox: (\S+)/.exec(said)?.[1] ?? '');
    expect(await (await fetch(page)).text()).toContain('<div id="app">');

    const file = join(consumer.folder, 'feed.cjs');
    writeFileSync(file, feed);
    await consumer.run(file, { HOST: page.origin });
    const headers = { authorization: `Bearer ${page.searchParams.get('token')}` };
    const address = `${page.origin}${page.pathname}api/events?event=plan_upgraded&wait=5s`;
    const { rows } = (await (await fetch(address, { headers })).json()) as FoundEvents;
    expect(rows.map(({ person, wire }) => [person, wire])).toEqual([
      ['ada', expect.objectContaining({ properties: expect.objectContaining({ plan: 'pro' }) as object })],
    ]);
  } finally {
    inbox.kill('SIGTERM');
  }
  expect(await once(inbox, 'exit')).toEqual([0, null]);
}

const feed = `
const { PostHog } = require('posthog-node');
const posthog = new PostHog('phc_test', { host: process.env.HOST });
posthog.capture({ distinctId: 'ada', event: 'plan_upgraded', properties: { plan: 'pro' } });
void posthog.shutdown();
`;
