import { systemClock } from '../../src/event/clock.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import type { DeliveryKind, Form, Row, Tally } from './row.js';
import { apiKey, startSubject } from './subject.js';
import { tally } from './tally.js';

const sizes = {
  long: { burst: 200_000, maxPending: 100_000 },
  short: { burst: 40_000, maxPending: 20_000 },
};

export const burstRows: readonly Row[] = [
  {
    group: 'bursts',
    // Memory takes maxPending of them and refuses the newest; a spool takes all.
    name: '200,000 captures in one tick, maxPending 100,000',
    mayLose: { memory: 'any', spool: 0 },
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
    name: '5,000/s for 1 s, the server at half that rate',
    of: ['spool'],
    run: (delivery) => overTime(delivery, 5_000, 1),
  },
];

async function inOneTick(delivery: DeliveryKind, form: Form): Promise<Tally> {
  const { burst, maxPending } = sizes[form];
  const work: Work = async (capture) => {
    for (let n = 1; n <= burst; n++) capture(n);
    return burst;
  };
  const result = await measured(delivery, work, { maxPending });
  const beyond = delivery === 'memory' ? burst - maxPending : 0;
  return result.lost === beyond ? result : { wrong: `${result.lost} lost, not ${beyond}`, ...result };
}

async function overTime(delivery: DeliveryKind, perSecond: number, seconds: number): Promise<Tally> {
  return measured(
    delivery,
    async (capture) => {
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
    { maxPending: sizes.long.maxPending, answerMs: 160 },
  );
}

/** Captures events, and says how many. */
type Work = (capture: (n: number) => void) => Promise<number>;

async function measured(
  delivery: DeliveryKind,
  work: Work,
  { maxPending, answerMs }: { maxPending: number; answerMs?: number },
): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  if (answerMs !== undefined) server.fault(faults.slow(answerMs));
  const folder = folderFor();
  const subject = startSubject(delivery, { host: server.url, dir: folder.path, clock: systemClock, maxPending });
  try {
    const started = performance.now();
    const captured = await work((n) => subject.capture(n));
    const capturing = performance.now() - started;
    await subject.end(180_000);
    const note = `captured in ${(capturing / 1_000).toFixed(2)} s, done after ${((performance.now() - started) / 1_000).toFixed(1)} s`;
    return tally(server, { captured, kept: subject.kept, told: subject.told, wrong: subject.wrong, note });
  } finally {
    await server.close();
    folder.remove();
  }
}
