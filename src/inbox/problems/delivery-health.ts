import type { AnalyticsStats } from '../../delivery/delivery.js';
import { counted } from '../../event/counted.js';
import type { VerdictLevel } from '../inbox-api.js';
import type { VerdictSettings } from '../verdicts/verdict-settings.js';
import type { DeliveryHealth } from './problem-api.js';

/** Events that wait for longer are late, in milliseconds. */
const LATE_MS = 60_000;

/** How delivery stands; `null` where analytics is off. */
export function deliveryHealth(
  stats: AnalyticsStats | undefined,
  store: 'memory' | 'spool',
  { hasKey, host }: VerdictSettings,
): DeliveryHealth | null {
  if (stats === undefined) return null;
  const [level, title, text] = wordsFor(stats, hasKey);
  return {
    level,
    title,
    text,
    host: hasKey ? host : null,
    store,
    accepted: stats.accepted,
    delivered: stats.delivered,
    handed: stats.handed,
    pending: stats.pending.total,
    inFlight: stats.pending.inFlight,
    refused: sum(stats.refused),
    dropped: sum(stats.dropped),
    dead: stats.dead,
    retries: stats.retries,
    oldestPendingMs: stats.oldestPendingMs,
    lastError: stats.lastError,
  };
}

function wordsFor(
  { state, pending, oldestPendingMs }: AnalyticsStats,
  hasKey: boolean,
): [level: VerdictLevel, title: string, text: string] {
  if (!hasKey) return ['note', 'Shown here only', 'There is no key: events go to this inbox and nowhere else.'];
  const waiting = `${counted(pending.total, 'event')} ${pending.total === 1 ? 'waits' : 'wait'}`;
  switch (state) {
    case 'key_hold':
      return ['bad', 'PostHog refuses the key', `${waiting}; the key is tried every ten minutes.`];
    case 'endpoint_hold':
      return ['bad', 'What answers is not PostHog', `${waiting} until it is tried again.`];
    case 'backoff':
      return ['warn', "PostHog can't be reached", `${waiting} to be sent again soon.`];
    case 'closed':
      return ['note', 'Closed', 'The application has left.'];
    default:
      return oldestPendingMs > LATE_MS
        ? ['warn', 'Late', `${waiting}, the oldest for ${Math.round(oldestPendingMs / 1_000)} s.`]
        : ['good', 'Delivery is well', pending.total === 0 ? 'Nothing waits.' : `${waiting} for the next batch.`];
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
