import type { EventSummary } from '../../../src/inbox/inbox-api.ts';

/** A conversation as the list of them has it. */
export interface Session {
  readonly session: string;
  /** ISO 8601. */
  readonly lastAt: string;
  readonly events: number;
  readonly messages: number;
  readonly tools: number;
  readonly failed: number;
  /** Who it was, in the order in which they came; at most a few. */
  readonly people: readonly string[];
}

const MOST_PEOPLE = 3;
const MOST_SESSIONS = 500;

type SessionRow = Pick<EventSummary, 'at' | 'session' | 'person' | 'kind' | 'outcome'>;

/** The sessions of these rows, which are oldest first; the one that spoke last comes first. */
export function sessionsOf(rows: readonly SessionRow[]): Session[] {
  const sessions = new Map<string, { -readonly [Key in keyof Session]: Session[Key] } & { people: string[] }>();
  for (const { session, at, person, kind, outcome } of rows) {
    if (session === null) continue;
    const known = sessions.get(session) ?? {
      ...{ session, lastAt: at, events: 0, messages: 0, tools: 0, failed: 0, people: [] },
    };
    // What is put in last stands last.
    sessions.delete(session);
    sessions.set(session, known);
    known.lastAt = at;
    known.events++;
    if (kind === 'message') known.messages++;
    if (kind === 'tool') known.tools++;
    if (kind !== null && (outcome === 'error' || outcome === 'aborted')) known.failed++;
    if (person !== '' && known.people.length < MOST_PEOPLE && !known.people.includes(person)) known.people.push(person);
  }
  return [...sessions.values()].slice(-MOST_SESSIONS).reverse();
}
