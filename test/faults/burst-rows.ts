import { systemClock } from '../../src/event/clock.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import type { DeliveryKind, Row, Tally } from './row.js';
import { apiKey, startSubject } from './subject.js';
import { tally } from './tally.js';

const maxPending = 100_000;
const burst = 200_000;

export const burstRows: readonly Row[] = [
  {
    group: 'bursts',
    // Memory takes maxPending of them and refuses the newest; a spool takes all.
    name: '200,000 captures in one tick, maxPending 100,000',
    mayLose: { memory: burst - maxPending, spool: 0 },
    faulty: false,
    run: inOneTick,
  },
  {
    group: 'bursts',
    name: '5,000/s for 60 s, the server at half that rate',
    short: [],
    run: (delivery) => overTime(delivery, 5_000, 60),
  },
  {
    group: 'bursts',
    name: '5,000/s for 2 s, the server at half that rate',
    of: ['spool'],
    run: (delivery) => overTime(delivery, 5_000, 2),
  },
];

async function inOneTick(delivery: DeliveryKind): Promise<Tally> {
  return measured(delivery, async ({ capture }) => {
    for (let n = 1; n <= burst; n++) capture(n);
    return burst;
  });
}

async function overTime(delivery: DeliveryKind, perSecond: number, seconds: number): Promise<Tally> {
  return measured(
    delivery,
    async ({ capture }) => {
      const start = performance.now();
      const total = perSecond * seconds;
      for (let n = 0; n < total;) {
        const due = Math.min(total, Math.floor(((performance.now() - start) / 1_000) * perSecond));
        while (n < due) capture(++n);
        await new Promise((later) => setTimeout(later, 5));
      }
      return total;
    },
    // Four requests of 100 events at once, each in 160 ms: 2,500 events/s.
    160,
  );
}

async function measured(
  delivery: DeliveryKind,
  work: (subject: { capture: (n: number) => void }) => Promise<number>,
  answerMs?: number,
): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  if (answerMs !== undefined) server.fault(faults.slow(answerMs));
  const folder = folderFor();
  const subject = startSubject(delivery, { host: server.url, dir: folder.path, clock: systemClock, maxPending });
  try {
    const started = performance.now();
    const captured = await work({ capture: (n) => subject.capture(n) });
    const capturing = performance.now() - started;
    await subject.end(180_000);
    const note = `captured in ${(capturing / 1_000).toFixed(2)} s, done after ${((performance.now() - started) / 1_000).toFixed(1)} s`;
    return tally(server, { captured, kept: subject.kept, told: subject.told, wrong: subject.wrong, note });
  } finally {
    await server.close();
    folder.remove();
  }
}
