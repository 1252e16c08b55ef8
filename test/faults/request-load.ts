import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const perSecond = 500;

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
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  parentPort?.on('message', ({ url, forMs }: { url: string; forMs: number }) => {
    void load(url, forMs, agent).then((times) => parentPort?.postMessage(times));
  });
}

/** Makes requests at their times, however long those before them take. */
async function load(url: string, forMs: number, agent: Agent): Promise<number[]> {
  const times: number[] = [];
  const requests: Promise<void>[] = [];
  const start = performance.now();
  for (let sent = 0; performance.now() - start < forMs;) {
    const due = Math.floor(((performance.now() - start) / 1_000) * perSecond);
    for (; sent < due; sent++) {
      const from = performance.now();
      const answered = new Promise<void>((resolve) => {
        get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', () => resolve());
      });
      requests.push(answered.then(() => void times.push(performance.now() - from)));
    }
    await sleep(2);
  }
  await Promise.all(requests);
  return times;
}
