import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { FoundEvent, FoundEvents } from '../../inbox/inbox-api.js';
import { forTerminal, jsonLine, type Terminal } from '../terminal.js';
import { InboxConnection, InboxError } from './inbox-connection.js';

const WAIT = '30s';
/** How long to wait before an inbox that is away is asked again, in milliseconds. */
const AWAY_MS = 1_000;

/** `inbox tail`: the last events, and then each as it comes, over restarts of the application, until it is stopped. */
export async function tailInbox(args: readonly string[], terminal: Terminal): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      lines: { ...text, default: '10' },
      url: text,
      ...{ event: text, person: text, session: text, outcome: text, text },
    },
  });
  const { json = false, lines, url, ...filters } = values;
  if (!/^\d{1,3}$/.test(lines)) throw new Error('--lines takes a whole number, up to 999.');
  const inbox = InboxConnection.open(url);
  const write = (row: FoundEvent): void => terminal.out(json ? jsonLine(row) : lineOf(row));
  let place: string | undefined;
  let isAway = false;
  while (!terminal.stop.aborted) {
    // The first answer has the last events, newest first; what follows comes oldest first.
    const onward =
      place === undefined ? { limit: lines === '0' ? '1' : lines, wire: 'true' } : { after: place, wait: WAIT };
    try {
      const found = await inbox.get<FoundEvents>('events', { ...onward, ...filters }, terminal.stop);
      const rows = place !== undefined ? found.rows : lines === '0' ? [] : found.rows.toReversed();
      for (const row of rows) write(row);
      place = `${found.boot}.${found.version}`;
      isAway = false;
    } catch (error) {
      if (terminal.stop.aborted) break;
      if (!(error instanceof InboxError) || error.status !== 0) throw error;
      if (!isAway) terminal.error(`${error.message} Waiting for it.`);
      isAway = true;
      await pause(AWAY_MS, undefined, { signal: terminal.stop }).catch(() => undefined);
    }
  }
  return 0;
}

/** One event for a reader; nothing of it can move the cursor or end the line. */
function lineOf({ at, event, gist, person, session, outcome, durationMs, state, reason }: FoundEvent): string {
  const parts = [
    at.slice(11, 23),
    event,
    gist,
    `person ${person}`,
    session === null ? '' : `session ${session}`,
    outcome ?? '',
    durationMs === null ? '' : `${Math.round(durationMs)} ms`,
    reason === null ? state : `${state}: ${reason}`,
  ];
  return forTerminal(parts.filter((part) => part !== '').join('  '));
}
