import type { AnalyticsEvent } from '../../event/analytics-event.js';
import type { EventHistory } from '../event-history.js';
import type { Verdict } from '../inbox-api.js';
import type { StoredEvent } from '../stored-event.js';
import { billingVerdict } from './billing-verdict.js';
import { catalogVerdict } from './catalog-verdict.js';
import { deliveryVerdict } from './delivery-verdict.js';
import { groupsVerdict } from './groups-verdict.js';
import { originVerdict } from './origin-verdict.js';
import { personVerdict } from './person-verdict.js';
import { propertiesVerdict } from './properties-verdict.js';
import { replayVerdict, traceVerdict } from './trace-verdict.js';
import type { VerdictSettings } from './verdict-settings.js';

/** Everything that PostHog will do with an event, in the order in which one asks. */
export function verdictsOf(
  stored: StoredEvent,
  event: AnalyticsEvent,
  history: EventHistory,
  settings: VerdictSettings,
): Verdict[] {
  const delivery = [deliveryVerdict(stored, settings), ...(stored.isRetold ? [retold] : [])];
  if (stored.isStub) return [...delivery, originVerdict(stored.source)];
  return [
    ...delivery,
    personVerdict(event, history),
    billingVerdict(event, history),
    groupsVerdict(event),
    traceVerdict(event, history),
    replayVerdict(event, settings),
    propertiesVerdict(event),
    catalogVerdict(event, settings),
    originVerdict(stored.source),
  ];
}

const retold: Verdict = {
  topic: 'duplicate',
  level: 'note',
  title: 'Told before',
  text: 'An earlier event has the same uuid. PostHog keeps one of them where day, name and person agree too.',
};
