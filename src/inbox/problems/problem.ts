import type { Noted, NotedName } from './call-notes.js';
import type { Problem, ProblemItem } from './problem-api.js';

/** The most things that one problem names. */
const MOST_ITEMS = 50;

/** What a problem is always told with; all else has a default. */
type Told = Pick<Problem, 'id' | 'level' | 'title' | 'text' | 'advice'> & Partial<Omit<Problem, 'hidden'>>;

export function problem({ items = [], ...told }: Told): Problem {
  return {
    code: null,
    count: null,
    firstAt: null,
    lastAt: null,
    filter: null,
    ...told,
    items: items.slice(0, MOST_ITEMS),
    hidden: Math.max(0, items.length - MOST_ITEMS),
  };
}

/** When it was noted, and what it was about. */
export function notedFacts(noted: Noted | undefined): Pick<Problem, 'firstAt' | 'lastAt' | 'items'> {
  if (noted === undefined) return { firstAt: null, lastAt: null, items: [] };
  return { firstAt: isoTime(noted.firstAt), lastAt: isoTime(noted.lastAt), items: noted.names.map(itemOf) };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function itemOf({ event, source, count }: NotedName): ProblemItem {
  const name = source ?? event ?? '(no name)';
  return { name, detail: source === null ? null : event, count };
}
