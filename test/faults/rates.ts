import { Agent, request } from 'node:http';
import { systemClock } from '../../src/event/clock.js';
import { startPostHogServer } from '../support/posthog-server.js';
import { measureRates } from '../spool/spool-rates.js';
import { folderFor } from './folders.js';
import { apiKey, OwnDelivery } from './subject.js';

export interface Rates {
  readonly lines: readonly string[];
  /** For the last line. */
  readonly figure: string;
}

/** Events per second of the spool, beside what a bare loop reaches on the same machine at the same time. */
export async function spoolRates(): Promise<Rates> {
  const folder = folderFor();
  try {
    const { append, appendWithFsync, drain, bareAppendFile, bareAppendFileBatch } = measureRates(folder.path, 50_000);
    const perSecond = (us: number) => shown(1_000_000 / us);
    const http = await drainOverHttp(20_000);
    return {
      lines: [
        `records of 1 KB: append ${perSecond(append)} (with fsync ${perSecond(appendWithFsync)}), read ${perSecond(drain)}`,
        `beside it: fs.appendFileSync of one ${perSecond(bareAppendFile)}, of a hundred ${perSecond(bareAppendFileBatch)}`,
        `drain of 20,000 events over HTTP ${shown(http.ours)}; a bare loop of the same requests, unpacked, ${shown(http.bare)}`,
      ],
      figure:
        `spool append ${perSecond(append)} (appendFileSync ${perSecond(bareAppendFile)}), ` +
        `drain ${shown(http.ours)} (bare HTTP ${shown(http.bare)})`,
    };
  } finally {
    folder.remove();
  }
}

function shown(perSecond: number): string {
  return `${Math.round(perSecond).toLocaleString('en')}/s`;
}

/** Events per second. */
async function drainOverHttp(events: number): Promise<{ ours: number; bare: number }> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  try {
    const options = { host: server.url, dir: folder.path, clock: systemClock };
    const writer = new OwnDelivery('spool', options);
    for (let n = 1; n <= events; n++) writer.capture(n);
    writer.pipeline.close();
    const sender = new OwnDelivery('spool', options);
    const ours = await seconds(() => sender.pipeline.leave(60_000));
    sender.pipeline.close();
    const [first] = server.requests;
    const body = JSON.stringify(first?.json);
    const bare = await seconds(() => post(`${server.url}/batch/`, body, events / 100));
    return { ours: events / ours, bare: events / bare };
  } finally {
    await server.close();
    folder.remove();
  }
}

async function post(url: string, body: string, times: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < times; i++) {
    await new Promise<void>((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent }, (response) => response.resume().on('end', resolve));
      sent.on('error', reject);
      sent.end(body);
    });
  }
  agent.destroy();
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}
