import type { AnalyticsEvent } from 'nestjs-agent-analytics';
import type { Cell } from './cells.js';
import { expectedStory } from './expected.js';
import type { Twin } from './handlers.js';
import { PlainTwin, someTurns, TrackedTwin, userOf, type Person, type StartTransport } from './transport.js';

/** How one call of a cell went in both applications. */
export interface Played {
  readonly person: Person;
  /** What the caller got. */
  readonly tracked: string;
  readonly plain: string;
  readonly events: readonly AnalyticsEvent[];
}

interface Planned {
  readonly cell: Cell;
  readonly person: Person;
}

const USERS = 17;
const AT_ONCE = 60;
const CALL_MS = 8_000;
const TOLD_MS = 5_000;

/** Calls each cell so often, all cells and many people at once, in the application with the library and without. */
export async function playCells(
  start: StartTransport,
  cells: readonly Cell[],
  rounds: number,
): Promise<ReadonlyMap<Cell, readonly Played[]>> {
  const planned = Array.from({ length: rounds }, () => cells)
    .flat()
    .map((cell, n) => ({ cell, person: personOf(n) }));
  const tracked = new TrackedTwin(cells[0]?.transport.startsWith('rpc') === true);
  const answers = [
    await answersOf(new PlainTwin(), start, cells, planned, async () => undefined),
    await answersOf(tracked, start, cells, planned, () => allTold(tracked, planned)),
  ];
  const events = eventsBySession(tracked);
  const played = new Map<Cell, Played[]>(cells.map((cell) => [cell, []]));
  for (const [n, { cell, person }] of planned.entries()) {
    const [plain = '', inTracked = ''] = answers.map((all) => all[n]);
    played.get(cell)?.push({ person, plain, tracked: inTracked, events: events.get(person.session) ?? [] });
  }
  return played;
}

function personOf(n: number): Person {
  const session = `chat${n}-user${n % USERS}`;
  return { session, user: userOf(session) };
}

async function answersOf(
  twin: Twin,
  start: StartTransport,
  cells: readonly Cell[],
  planned: readonly Planned[],
  settled: () => Promise<void>,
): Promise<string[]> {
  const running = await start(twin, cells);
  const answers: string[] = [];
  const left = planned.entries();
  const work = async (): Promise<void> => {
    for (const [n, { cell, person }] of left) answers[n] = await inTime(running.call(cell, person));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await settled();
  } finally {
    await running.close();
  }
  return answers;
}

/** A call that fails or hangs is an answer like any other: its own cell shows it. */
async function inTime(call: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve('no answer in time'), CALL_MS)));
  const failed = (error: unknown): string => `the call failed: ${String(error)}`;
  try {
    return await Promise.race([call.catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until as many events are there as should be; what comes beside them has had the time of all others. */
async function allTold({ recorder }: TrackedTwin, planned: readonly Planned[]): Promise<void> {
  const wanted = planned.reduce((sum, { cell }) => sum + expectedStory(cell).length, 0);
  const until = Date.now() + TOLD_MS;
  while ((recorder?.events().length ?? 0) < wanted && Date.now() < until) await someTurns();
  await someTurns();
}

function eventsBySession({ recorder }: TrackedTwin): Map<string, AnalyticsEvent[]> {
  const found = new Map<string, AnalyticsEvent[]>();
  for (const event of recorder?.events() ?? []) {
    const session = event.properties.session_id as string;
    found.set(session, [...(found.get(session) ?? []), event]);
  }
  return found;
}
