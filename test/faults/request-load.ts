import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Pool } from 'undici';

/** The rate, which nothing slows down. */
export const requestsPerSecond = 1_000;

/** Makes requests in a thread of its own, so that what else this process does takes nothing from their times. */
export class RequestLoad {
  private readonly worker = new Worker(new URL(import.meta.url));

  /** Requests at a fixed rate for so long; how long each took, milliseconds. */
  async run(url: string, forMs: number): Promise<number[]> {
    this.worker.postMessage({ url, forMs });
    const [times] = (await once(this.worker, 'message')) as [number[]];
    return times;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

if (!isMainThread) {
  const pools = new Map<string, Pool>();
  parentPort?.on('message', ({ url, forMs }: { url: string; forMs: number }) => {
    const { origin, pathname } = new URL(url);
    const pool = pools.get(origin) ?? new Pool(origin, { connections: 64 });
    pools.set(origin, pool);
    void load(pool, pathname, forMs).then((times) => parentPort?.postMessage(times));
  });
}

/** Makes requests at their times, however long those before them take. */
async function load(pool: Pool, path: string, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const requests: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; performance.now() - start < forMs;) {
    const due = Math.floor(((performance.now() - start) / 1_000) * requestsPerSecond);
    for (; sent < due; sent++) requests.push(request(pool, path, times));
    await sleep(2);
  }
  await Promise.all(requests);
  return times;
}

/** `dispatch` leaves next to no garbage: a pause of the collector in this thread would count as the application's. */
function request(pool: Pool, path: string, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    pool.dispatch(
      { path, method: 'GET' },
      {
        onConnect: () => undefined,
        onHeaders: (status) => {
          if (status !== 200) reject(new Error(`${path} was answered with ${status}`));
          return true;
        },
        onData: () => true,
        onComplete: () => {
          times.push(performance.now() - from);
          resolve();
        },
        onError: reject,
      },
    );
  });
}
