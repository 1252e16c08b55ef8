import type { Courier } from './courier.js';
import type { AnalyticsStats, PendingByPlace } from './delivery.js';

/** Where the pending events are; `recorded` are those that no courier has yet. */
export function pendingByPlace(recorded: number, couriers: readonly Courier[]): PendingByPlace {
  let stored = 0;
  let inFlight = 0;
  for (const { outbox } of couriers) {
    stored += outbox.eventsWaiting;
    inFlight += outbox.eventsInFlight;
  }
  return { total: recorded + stored + inFlight, recorded, stored, inFlight };
}

/** What delivery does: the worst that one of its lanes does. */
export function stateOf(couriers: readonly Courier[]): AnalyticsStats['state'] {
  const troubles = couriers.map((courier) => courier.trouble);
  for (const trouble of ['key_hold', 'endpoint_hold', 'backoff'] as const) {
    if (troubles.includes(trouble)) return trouble;
  }
  return couriers.some((courier) => courier.outbox.inFlight.size > 0) ? 'sending' : 'idle';
}
