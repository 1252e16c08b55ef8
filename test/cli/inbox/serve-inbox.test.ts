import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.js';
import { Upstream } from '../../inbox/standalone/upstream.js';
import { TestTerminal } from '../test-terminal.js';

describe('inbox', () => {
  let terminal: TestTerminal;
  let ended: Promise<number>;

  beforeEach(() => {
    terminal = new TestTerminal();
  });
  afterEach(async () => {
    terminal.interrupt();
    await ended;
  });

  const start = async (...args: string[]): Promise<string> => {
    ended = runCommand(['inbox', '--port', '0', ...args], terminal);
    await terminal.until(({ lines }) => lines.length === 3);
    return /http:\S+$/.exec(terminal.lines[1] ?? '')?.[0] ?? '';
  };
  const send = (host: string): Promise<Response> =>
    fetch(`${host}/e/`, { method: 'POST', body: '{"api_key":"phc_test","event":"e","distinct_id":"d"}' });

  it('prints its address and the host for SDKs, and ends when it is told to', async () => {
    const host = await start();
    const page = /http:\S+token=\S+$/.exec(terminal.lines[0] ?? '')?.[0] ?? '';
    expect((await fetch(page)).status).toBe(200);
    expect((await send(host)).status).toBe(200);
    terminal.interrupt();
    expect(await ended).toBe(0);
    await expect(fetch(page)).rejects.toThrow();
  });

  it('forwards, and says what could not be', async () => {
    const upstream = await Upstream.start();
    const host = await start('--forward', upstream.url);
    await send(host);
    await upstream.received(1);
    await upstream.close();
    await send(host);
    await terminal.until(({ errors }) => errors.length === 1);
    expect(terminal.errors[0]).toContain('not taken by');
  });
});
