import type { AnalyticsEvent } from '../../event/analytics-event.js';
import type { EventHistory } from '../event-history.js';
import type { Verdict } from '../inbox-api.js';
import { isPersonless } from './person-verdict.js';

/**
 * Which of PostHog's meters counts the event. The rules are those of PostHog's usage report: all that is not on a
 * meter of its own is a product event, and one that is processed for a person counts as identified too.
 */
export function billingVerdict(event: AnalyticsEvent, history: EventHistory): Verdict {
  const own = ownMeter(event.event);
  if (own !== undefined) return own;
  const user = history.mergedInto(event.distinctId);
  if (!isPersonless(event)) {
    return verdict('Identified event', 'Product analytics counts it, at the rate for events with a person profile.');
  }
  if (user !== undefined) {
    return verdict(
      'Identified event',
      'It asked for no profile, but its id has been merged into a user: product analytics counts it at the rate for events with a person profile.',
    );
  }
  return verdict(
    'Anonymous event',
    'Product analytics counts it, at the lower rate for events without a person profile.',
  );
}

function ownMeter(event: string): Verdict | undefined {
  if (event.startsWith('$ai_')) {
    return verdict('AI observability', 'The meter of AI events counts it, not that of product events.');
  }
  if (event === '$exception')
    return verdict('Error tracking', 'The meter of exceptions counts it, not that of product events.');
  if (surveyEvents.has(event)) return verdict('Surveys', 'The meter of surveys counts it, not that of product events.');
  if (flagEvents.has(event)) return verdict('Not counted', 'Flags are billed by the request, not by this event.');
  return undefined;
}

const surveyEvents: ReadonlySet<string> = new Set(['survey sent', 'survey shown', 'survey dismissed']);
const flagEvents: ReadonlySet<string> = new Set(['$feature_flag_called', '$experiment_exposure']);

function verdict(title: string, text: string): Verdict {
  return { topic: 'billing', level: 'good', title, text };
}
