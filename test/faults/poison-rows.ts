import { systemClock } from '../../src/event/clock.js';
import { copyProperties } from '../../src/event/json-value.js';
import { startPostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import type { DeliveryKind, Row, Tally } from './row.js';
import { apiKey, OwnDelivery, startSubject } from './subject.js';
import { tally } from './tally.js';

/** The values of EVENTS.md that JSON can't carry, or that PostHog refuses; each stands alone among 99 good ones. */
const values: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  'a function': () => () => 1,
  'a symbol': () => Symbol('s'),
  'a BigInt': () => 10n,
  'a circle': () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  'an invalid date': () => new Date(NaN),
  NaN: () => NaN,
  Infinity: () => Infinity,
  'a lone surrogate': () => 'a\ud800b',
  'a throwing getter': () => ({
    get bad(): never {
      throw new Error('never');
    },
  }),
  'a throwing toJSON': () => ({
    toJSON: () => {
      throw new Error('never');
    },
  }),
  'an own __proto__': () => JSON.parse('{"__proto__":{"admin":true}}') as unknown,
  'nesting of 200': () => Array.from({ length: 200 }).reduce((inner) => ({ inner }), 'bottom'),
  'a text of 2 MB': () => 'x'.repeat(2_000_000),
};

export const poisonRows: readonly Row[] = Object.entries(values).map(([name, value]) => ({
  group: 'poison',
  name: `${name} among 99`,
  faulty: false,
  run: (delivery) => run(delivery, value),
}));

async function run(delivery: DeliveryKind, value: () => unknown): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const subject = startSubject(delivery, { host: server.url, dir: folder.path, clock: systemClock });
  try {
    for (let n = 1; n <= 100; n++) {
      // As the service copies what it is given, at the call.
      const poison = { value: n === 50 ? value() : n };
      subject.capture(n, subject instanceof OwnDelivery ? copyProperties(poison) : poison);
    }
    await subject.end(10_000);
    return tally(server, { captured: 100, kept: subject.kept, told: subject.told, wrong: subject.wrong });
  } finally {
    await server.close();
    folder.remove();
  }
}
