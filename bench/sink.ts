import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server that stands for PostHog, in a process of its own. */
export class Sink {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<Sink> {
    const child = fork(fileURLToPath(new URL('./sink-server.js', import.meta.url)));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Sink(child, `http://127.0.0.1:${port}`);
  }

  /** How many events of this name have arrived. */
  async arrived(event: string): Promise<number> {
    this.child.send('count');
    const [{ counts }] = (await once(this.child, 'message')) as [{ counts: Record<string, number> }];
    return counts[event] ?? 0;
  }

  stop(): void {
    this.child.disconnect();
  }
}
