import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../src/event/clock.js';
import { copyProperties } from '../../src/event/json-value.js';
import { startPostHogServer, type IngestedEvent, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { poisons, type Poison } from './poisons.js';
import type { DeliveryKind, Row, Tally } from './row.js';
import { apiKey, OwnDelivery, startSubject } from './subject.js';
import { tally } from './tally.js';

/** The one of the hundred that is poisoned. */
const bad = 50;

/** Each poison alone among 99 good events: the 99 arrive, and what can be mended arrives mended. */
export const poisonRows: readonly Row[] = poisons.map((poison) => ({
  group: 'poison',
  name: `${poison.name} among 99`,
  faulty: false,
  ...(poison.isDropped && { mayLose: { memory: 1, spool: 1 } }),
  run: (delivery) => run(delivery, poison),
}));

async function run(delivery: DeliveryKind, poison: Poison): Promise<Tally> {
  const server = await startPostHogServer({ apiKey });
  const folder = folderFor();
  const subject = startSubject(delivery, { host: server.url, dir: folder.path, clock: systemClock });
  try {
    for (let n = 1; n <= 100; n++) {
      // As the service copies what it is given, at the call.
      const properties = { value: n === bad ? poison.value?.() : n };
      const given = subject instanceof OwnDelivery ? copyProperties(properties) : properties;
      subject.capture(n, given, n === bad ? poison.odd : undefined);
    }
    await subject.end(10_000);
    const wrong = subject.wrong ?? wrongIn(server, poison);
    return tally(server, { captured: 100, kept: subject.kept, told: subject.told, wrong });
  } finally {
    await server.close();
    folder.remove();
  }
}

/** What of the events is not as it must be: the good ones are untouched, the bad one is mended. */
function wrongIn(server: PostHogServer, poison: Poison): string | undefined {
  const numbered = new Map(server.events.map((event) => [event.properties['n'], event]));
  for (let n = 1; n <= 100; n++) {
    if (n !== bad && numbered.get(n)?.properties['value'] !== n) return `event ${n} did not arrive as it was`;
  }
  const mended = numbered.get(bad);
  if (poison.isDropped) return mended && 'it arrived';
  return mended && isAsExpected(mended, poison) ? undefined : `it arrived as ${shown(mended)}`;
}

function isAsExpected(event: IngestedEvent, { mended, looks }: Poison): boolean {
  return looks ? looks(event) : isDeepStrictEqual(event.properties['value'], mended);
}

function shown(event: IngestedEvent | undefined): string {
  return event ? `${event.event} ${JSON.stringify(event.properties['value'])}`.slice(0, 200) : 'nothing';
}
