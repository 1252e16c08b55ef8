import { setTimeout as delay } from 'node:timers/promises';

/** How long a producer that nobody waits for may take to hear of it. */
const STOP_MS = 2_000;

/** How the producer of an answer has ended; `stopped`: its consumer wanted no more. */
export type Released = 'done' | 'failed' | 'stopped';

/** One handler's work, as the test sees it from within. */
export class Work {
  readonly controller = new AbortController();
  released: Released | undefined;
  start!: () => void;
  readonly started = new Promise<void>((resolve) => (this.start = resolve));
  private end!: () => void;
  private readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  release(how: Released): void {
    this.released ??= how;
    this.end();
  }

  /** How it ended. Where nobody stops it, as some transports don't, that is told after a moment. */
  async howEnded(): Promise<string> {
    const late = new AbortController();
    await Promise.race([this.ended, delay(STOP_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    return this.released ?? 'never ended';
  }
}

/** The work of all handlers of one application, by the session it is for. */
export class Watched {
  private readonly all = new Map<string, Work>();

  of(session: string): Work {
    const known = this.all.get(session);
    if (known !== undefined) return known;
    const work = new Work();
    this.all.set(session, work);
    return work;
  }
}
