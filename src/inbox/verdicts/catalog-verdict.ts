import type { AnalyticsEvent } from '../../event/analytics-event.js';
import { builtInEvents } from '../../event/built-in-events.js';
import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';
import type { VerdictSettings } from './verdict-settings.js';

/** The most violations that are named. */
const MOST_NAMED = 10;

/** Whether the event is declared, unknown, or not as declared. */
export function catalogVerdict({ event, properties }: AnalyticsEvent, settings: VerdictSettings): Verdict {
  const { catalog, eventPrefix } = settings;
  if (catalog !== undefined && Object.hasOwn(catalog.events, event)) {
    const violations = catalog.check(event, properties, eventPrefix);
    if (violations.length === 0) return verdict('good', 'As declared', 'The catalog declares it like this.');
    const items = violations.slice(0, MOST_NAMED).map((violation) => cutText(violation, 200));
    return verdict('warn', 'Not as declared', 'The catalog declares it otherwise; it is sent all the same.', items);
  }
  if (event.startsWith('$')) return verdict('good', "PostHog's own event", 'Its shape is given by PostHog.');
  if (event.startsWith(eventPrefix) && Object.hasOwn(builtInEvents, event.slice(eventPrefix.length))) {
    return verdict('good', 'Built in', "It is one of the library's own events.");
  }
  if (settings.isStandalone === true) {
    return verdict('note', 'Not checked', 'A stand-alone inbox knows no catalog of events.');
  }
  if (catalog === undefined) {
    return verdict(
      'note',
      'Not declared',
      'There is no catalog. Declare own events with defineEvents to have them typed and checked.',
    );
  }
  return verdict('warn', 'Unknown event', 'The catalog does not declare it: a new event, or a name mistyped.');
}

function verdict(level: Verdict['level'], title: string, text: string, items?: readonly string[]): Verdict {
  return { topic: 'catalog', level, title, text, ...(items !== undefined && { items }) };
}
