import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the call of `ended` or the signal until the process was gone, milliseconds. */
  readonly afterMs: number;
}

/** A compiled application of `test/fixtures` in a process of its own. It speaks in lines of JSON on its stdout. */
export class FixtureProcess {
  readonly said: string[] = [];
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private signalledAt = performance.now();
  private readonly gone: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(fixture: string, env: Record<string, string> = {}, nodeArgs: readonly string[] = []) {
    this.child = spawn(process.execPath, [...nodeArgs, `.compiled/test/fixtures/${fixture}.js`], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.said.push(line);
        for (const check of this.waiting) check();
      });
    }
    this.gone = once(this.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    void this.gone.then(() => this.waiting.forEach((check) => check()));
  }

  /** The first line that begins with this word, without the word; rejects when the process ends without it. */
  line(word: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const line = this.said.find((text) => text.startsWith(`${word} `) || text === word);
        if (line === undefined && this.child.exitCode === null && this.child.signalCode === null) return;
        this.waiting.delete(check);
        if (line === undefined) reject(new Error(`the process ended without "${word}":\n${this.said.join('\n')}`));
        else resolve(line.slice(word.length + 1));
      };
      this.waiting.add(check);
      check();
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.signalledAt = performance.now();
    this.child.kill(signal);
  }

  async ended(): Promise<Exit> {
    const [code, signal] = await this.gone;
    return { code, signal, afterMs: performance.now() - this.signalledAt };
  }
}
