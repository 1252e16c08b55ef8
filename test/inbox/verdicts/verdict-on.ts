import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { EventHistory } from '../../../src/inbox/event-history.js';
import { EventStore } from '../../../src/inbox/event-store.js';
import type { Verdict, VerdictTopic } from '../../../src/inbox/inbox-api.js';
import type { Fate } from '../../../src/inbox/stored-event.js';
import { defaultVerdictSettings, type VerdictSettings } from '../../../src/inbox/verdicts/verdict-settings.js';
import { verdictsOf } from '../../../src/inbox/verdicts/verdict.js';

interface Circumstances {
  readonly others?: readonly AnalyticsEvent[];
  readonly settings?: Partial<VerdictSettings>;
  readonly fate?: Fate;
  readonly reason?: string | null;
}

/** The verdict on one topic, under these circumstances. */
export function verdictOn(topic: VerdictTopic, event: AnalyticsEvent, given: Circumstances = {}): Verdict {
  const { others = [], settings = {}, fate = 'pending', reason = null } = given;
  const store = new EventStore(100, 1e9);
  const history = new EventHistory();
  for (const one of [...others, event]) history.note(one);
  const stored = store.add(event);
  store.settle(stored, fate, reason, null);
  const verdicts = verdictsOf(stored, event, history, { ...defaultVerdictSettings, ...settings });
  const found = verdicts.find((verdict) => verdict.topic === topic);
  if (found === undefined) throw new Error(`No verdict on ${topic}`);
  return found;
}
