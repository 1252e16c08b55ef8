import type { AnalyticsEvent } from '../../event/analytics-event.js';
import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';
import { isPersonless } from './person-verdict.js';

/** How many types of group a project of PostHog has. */
const MOST_GROUP_TYPES = 5;

/** Whether the event counts for its groups. */
export function groupsVerdict(event: AnalyticsEvent): Verdict {
  const items = Object.entries(event.groups).map(([type, key]) => `${cutText(type, 80)}: ${cutText(key, 80)}`);
  if (items.length === 0) return verdict('note', 'No groups', 'It counts for no company, workspace or other group.');
  if (isPersonless(event)) {
    return verdict(
      'bad',
      'Groups are lost',
      'PostHog discards the groups of an event without a person profile.',
      items,
    );
  }
  if (items.length > MOST_GROUP_TYPES) {
    return verdict(
      'warn',
      'Too many group types',
      `A project has at most ${MOST_GROUP_TYPES} types of group; PostHog ignores the types that come later.`,
      items,
    );
  }
  return verdict('good', 'Groups are kept', 'It counts for these groups too.', items);
}

function verdict(level: Verdict['level'], title: string, text: string, items?: readonly string[]): Verdict {
  return { topic: 'groups', level, title, text, ...(items !== undefined && { items }) };
}
