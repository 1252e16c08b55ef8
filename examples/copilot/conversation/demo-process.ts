import { spawn } from 'node:child_process';
import { exampleFolder } from '../example-folder.js';

export interface DemoProcess {
  readonly url: string;
  /** Asks it to leave as a deployment does, with SIGTERM, and resolves with how it left. */
  stop(): Promise<number | NodeJS.Signals>;
}

const START_WITHIN_MS = 60_000;
const LEAVE_WITHIN_MS = 15_000;

/** Starts the demo on a free port, with these settings and none of the surrounding ones. */
export async function startDemo(settings: Record<string, string>): Promise<DemoProcess> {
  const child = spawn(process.execPath, [exampleFolder('dist', 'main.js')], {
    // Not where a .env may lie: the conversation is the same everywhere.
    cwd: exampleFolder(),
    env: { ...surroundings(), HOST: '127.0.0.1', PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const left = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 0)),
  );
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The demo ${why}:\n${said}`));
    const tooLate = setTimeout(() => {
      child.kill('SIGKILL');
      fail('did not start in time');
    }, START_WITHIN_MS);
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      const address = /Copilot demo: (\S+)/.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(tooLate);
      // What it says from now on is not needed, but has to be taken, or its pipe would fill.
      for (const stream of [child.stdout, child.stderr]) stream.off('data', read).resume();
      resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void left.then((how) => {
      clearTimeout(tooLate);
      fail(`left with ${how}`);
    });
  });

  return {
    url,
    stop() {
      child.kill('SIGTERM');
      const giveUp = setTimeout(() => child.kill('SIGKILL'), LEAVE_WITHIN_MS);
      return left.finally(() => clearTimeout(giveUp));
    },
  };
}

function surroundings(): NodeJS.ProcessEnv {
  const ours = /^(ANALYTICS|POSTHOG|OPENAI|OPENROUTER)_/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
