import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { folderFor } from './folders.js';
import { realTime, simulatedTime, type PassingTime } from './passing-time.js';
import type { DeliveryKind, Form, Row, Tally } from './row.js';
import { apiKey, startSubject, type Subject } from './subject.js';
import { tally } from './tally.js';

/** An outage: something is wrong with the server for a while, and events come in all the time. */
interface Outage {
  readonly name: string;
  readonly seconds: number;
  /** For posthog-node, whose time is always real: what it says then about the rest is clear by now. @default seconds */
  readonly realSeconds?: number;
  readonly begin: (server: PostHogServer) => void | Promise<void>;
  readonly end?: (server: PostHogServer) => void | Promise<void>;
  /** Where events are sent, if not to the server. */
  readonly host?: (server: PostHogServer) => string;
  /** The code of the one line that says what is wrong; null: nothing needs to be said. @default NAA301 */
  readonly says?: string | null;
  /** What must be seen beside the columns. */
  readonly check?: (server: PostHogServer) => string | undefined;
  /** When the time begins at the server, and at the client where it is simulated. */
  readonly start?: string;
  /** With simulated time in the long form too, posthog-node's apart. */
  readonly simulated?: boolean;
  readonly short?: Row['short'];
}

const events = 200;
/** Events come in over this long. */
const captureMs = 10_000;
/** The longest pause between two attempts, and a little more. */
const recoveryMs = 65_000;
const now = '2026-03-04T12:00:00Z';

const once = (fault: Parameters<PostHogServer['fault']>[0], times: number) => (server: PostHogServer) =>
  void server.fault(fault, times);
const always = (fault: Parameters<PostHogServer['fault']>[0]) => (server: PostHogServer) => void server.fault(fault);

const outages: Outage[] = [
  { name: 'none', seconds: 1, says: null, begin: () => undefined },
  { name: 'down at start for 60 s', seconds: 60, begin: (server) => server.refuse(), end: (server) => server.listen() },
  { name: '503 for 20 s', seconds: 20, begin: always(faults.status(503)) },
  { name: '503 for 120 s', seconds: 120, begin: always(faults.status(503)) },
  {
    name: '429, Retry-After 5 s, for 20 s',
    seconds: 20,
    begin: always(faults.status(429, { 'retry-after': '5' })),
    check: (server) => {
      const times = server.requests.map(({ receivedAt }) => receivedAt);
      const gap = (times[1] ?? Infinity) - (times[0] ?? 0);
      return gap < 4_990 ? `sent again after ${gap} ms` : undefined;
    },
  },
  { name: 'resets for 30 s', seconds: 30, begin: always(faults.reset) },
  { name: 'accepted, cut before the answer', seconds: 5, begin: once(faults.cutBeforeAnswer, 3) },
  {
    name: 'accepted, cut, UTC midnight before the retry',
    seconds: 5,
    start: '2026-03-04T23:59:58Z',
    simulated: true,
    begin: once(faults.cutBeforeAnswer, 3),
  },
  { name: 'half an answer', seconds: 25, begin: once(faults.halfAnswer, 2) },
  { name: 'never answers for 40 s', seconds: 40, begin: always(faults.hang) },
  { name: 'answers in 20 s, for 60 s', seconds: 60, begin: always(faults.slow(20_000)), short: [] },
  { name: '200 with HTML for 30 s', seconds: 30, says: 'NAA304', begin: always(faults.html200) },
  { name: '302 to a login page for 30 s', seconds: 30, says: 'NAA304', begin: always(faults.redirect302) },
  { name: '400 from a proxy for everything, 30 s', seconds: 30, says: 'NAA305', begin: always(faults.status(400)) },
  { name: '403 from a proxy for everything, 30 s', seconds: 30, says: 'NAA304', begin: always(faults.status(403)) },
  {
    name: '413 for more than 10 events at once',
    seconds: 30,
    says: null,
    begin: always(({ events: names }) => (names.length > 10 ? faults.status(413) : undefined)),
  },
  {
    name: '401 for 30 s, the key is tried after 10 min',
    seconds: 30,
    says: 'NAA303',
    begin: always(faults.status(401)),
    simulated: true,
  },
  {
    name: 'a captive endpoint for an hour',
    seconds: 3_600,
    realSeconds: 60,
    says: 'NAA304',
    begin: always(faults.html200),
    simulated: true,
  },
  {
    name: 'TLS fails: a server without it at https://',
    seconds: 10,
    begin: () => undefined,
    host: (server) => server.url.replace('http:', 'https:'),
    short: [],
  },
  {
    name: 'DNS fails: a name that does not exist',
    seconds: 10,
    begin: () => undefined,
    host: () => 'http://posthog.invalid',
    short: [],
  },
];

export const networkRows: readonly Row[] = outages.map((outage) => ({
  group: 'network and server',
  name: outage.name,
  ...(outage.short && { short: outage.short }),
  faulty: outage.name !== 'none',
  // It holds all of them; only an end while nothing can be sent costs some.
  ...(outage.host === undefined && { mayLose: { memory: 0 } }),
  run: (delivery, form) => run(outage, delivery, form),
}));

async function run(outage: Outage, delivery: DeliveryKind, form: Form): Promise<Tally> {
  const isReal = delivery === 'posthog-node' || (form === 'long' && !outage.simulated);
  const start = Date.parse(outage.start ?? now);
  const shift = isReal && outage.start ? start - Date.now() : 0;
  const server: PostHogServer = await startPostHogServer({ apiKey, clock: () => time.clock.now() + shift });
  const time: PassingTime = isReal ? realTime : simulatedTime(start, () => server.isHanging);
  await outage.begin(server);
  const host = outage.host?.(server) ?? server.url;
  const folder = folderFor();
  const subject = startSubject(delivery, { host, dir: folder.path, clock: time.clock });
  try {
    await capture(subject, time);
    const seconds = (isReal && outage.realSeconds) || outage.seconds;
    await time.pass(seconds * 1_000 - captureMs, () => subject.isMoving);
    await outage.end?.(server);
    server.clearFaults();
    const wait = outage.name.startsWith('401') ? 601_000 : outage.host ? 1_000 : recoveryMs;
    await time.pass(
      delivery === 'posthog-node' ? 15_000 : wait,
      () => subject.isMoving,
      () => subject.isDone,
    );
    await endOf(subject, time);
    const wrong =
      subject.wrong ?? outage.check?.(server) ?? (delivery === 'posthog-node' ? undefined : badlySaid(outage, subject));
    const note = isReal && outage.realSeconds ? `${seconds} s of it` : said(subject);
    return tally(server, { captured: events, kept: subject.kept, told: subject.told, wrong, note });
  } finally {
    await server.close();
    folder.remove();
  }
}

function said({ codes }: Subject): string | undefined {
  return codes.length > 0 ? `said ${codes.join(' ')}` : undefined;
}

/** One line when the trouble begins and one when it is over, which may happen more than once; else nothing. */
function badlySaid({ says = 'NAA301', host }: Outage, { codes }: Subject): string | undefined {
  const overs = codes.filter((code) => code === 'NAA302').length;
  const isAsItMustBe =
    says === null
      ? codes.length === 0
      : codes[0] === says && (host ? overs === 0 : codes.at(-1) === 'NAA302' && codes.length === 2 * overs);
  return isAsItMustBe ? undefined : `said ${codes.join(' ') || 'nothing'}`;
}

async function capture(subject: Subject, time: PassingTime): Promise<void> {
  for (let n = 1; n <= events; n++) {
    subject.capture(n);
    if (n % 10 === 0) await time.pass((captureMs / events) * 10, () => subject.isMoving);
  }
}

/** The end waits by the same clock. */
async function endOf(subject: Subject, time: PassingTime): Promise<void> {
  let isOver = false;
  const ended = subject.end(2_000).then(() => (isOver = true));
  await time.pass(
    3_000,
    () => subject.isMoving,
    () => isOver,
  );
  await ended;
}
