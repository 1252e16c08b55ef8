import type { AnalyticsEvent } from '../event/analytics-event.js';
import { sessionKey } from './session-key.js';
import type { StoredEvent } from './stored-event.js';

/** What is looked for; all that is given must hold. */
export interface EventFilter {
  readonly event?: string | undefined;
  readonly person?: string | undefined;
  /** By its key. */
  readonly session?: string | undefined;
  readonly outcome?: string | undefined;
  /** Anywhere in the event: its name, its person, any property's name or value. Upper and lower case are one. */
  readonly text?: string | undefined;
}

/** Makes the test for one filter: the text first, which needs no parsing. */
export function eventMatcher(filter: EventFilter): (stored: StoredEvent) => boolean {
  const { text, ...fields } = filter;
  const pattern = text === undefined || text === '' ? undefined : textPattern(text);
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return (stored) => {
    if (pattern !== undefined && !pattern.test(stored.json) && !pattern.test(stored.source ?? '')) return false;
    if (given.length === 0) return true;
    const event = JSON.parse(stored.json) as AnalyticsEvent;
    return given.every(([field, value]) => fieldOf(event, field as keyof typeof fields) === value);
  };
}

export function filterOf(query: URLSearchParams): EventFilter {
  const read = (name: string): string | undefined => query.get(name)?.slice(0, 1_000) ?? undefined;
  return {
    event: read('event'),
    person: read('person'),
    session: sessionKey(query.get('session')) ?? undefined,
    outcome: read('outcome'),
    text: read('text'),
  };
}

/** The events are kept as JSON, so what is looked for is written as JSON too. */
function textPattern(text: string): RegExp {
  const written = JSON.stringify(text.toWellFormed()).slice(1, -1);
  return new RegExp(written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

function fieldOf(event: AnalyticsEvent, field: 'event' | 'person' | 'session' | 'outcome'): unknown {
  switch (field) {
    case 'event':
      return event.event;
    case 'person':
      return event.distinctId;
    case 'session':
      return sessionKey(event.properties.session_id);
    case 'outcome':
      return event.properties.outcome;
  }
}
