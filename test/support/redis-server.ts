import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.js';

const BINARY = '/usr/bin/redis-server';

export interface RedisServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Whether tests with Redis can run. Where they can't, it says so; on CI it throws, so that none is skipped there. */
export function hasRedis(): boolean {
  if (existsSync(BINARY)) return true;
  const missing = `${BINARY} is missing: the tests with Redis do not run. Install redis-server.`;
  if (process.env['CI'] === 'true') throw new Error(missing);
  console.warn(`SKIPPED: ${missing}`);
  return false;
}

/** A Redis of the test's own, on a free port, that keeps nothing on the disk. */
export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(BINARY, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(child);
  return {
    port,
    async close() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('Redis has no output.');
  let said = '';
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`;
    if (!line.includes('Ready to accept connections')) continue;
    child.stdout.resume();
    return;
  }
  throw new Error(`Redis did not start:\n${said}`);
}
