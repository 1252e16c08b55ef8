import type { Courier } from './courier.js';
import type { AnalyticsStats, PendingByPlace } from './delivery.js';
import type { Drain } from './drain.js';
import type { EventBuffer } from './event-buffer.js';
import type { Ledger } from './ledger.js';

/** The places that the stats are read from. */
export interface StatsSources {
  readonly buffer: EventBuffer;
  readonly drain: Drain;
  readonly couriers: readonly Courier[];
  readonly ledger: Ledger;
  readonly closed: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function pipelineStats({ buffer, drain, couriers, ledger, closed, now }: StatsSources): AnalyticsStats {
  const ageOf = (time: number) => (time === Infinity ? 0 : Math.max(0, now - time));
  // Before the books: looking into a store may bring losses to light, which the books hold then.
  const oldestStored = Math.min(...couriers.map((courier) => courier.outbox.oldest));
  const pending = pendingByPlace(buffer.size + drain.inHand, couriers);
  return {
    ...ledger.books(),
    pending,
    oldestPendingMs: ageOf(Math.min(drain.oldest, oldestStored)),
    oldestUnstoredMs: ageOf(drain.oldest),
    state: closed ? 'closed' : stateOf(couriers),
  };
}

/** Where the pending events are; `recorded` are those that no courier has yet. */
function pendingByPlace(recorded: number, couriers: readonly Courier[]): PendingByPlace {
  let stored = 0;
  let inFlight = 0;
  for (const { outbox } of couriers) {
    stored += outbox.eventsWaiting;
    inFlight += outbox.eventsInFlight;
  }
  return { total: recorded + stored + inFlight, recorded, stored, inFlight };
}

/** What delivery does: the worst that one of its lanes does. */
function stateOf(couriers: readonly Courier[]): AnalyticsStats['state'] {
  const troubles = couriers.map((courier) => courier.trouble);
  for (const trouble of ['key_hold', 'endpoint_hold', 'backoff'] as const) {
    if (troubles.includes(trouble)) return trouble;
  }
  return couriers.some((courier) => courier.outbox.inFlight.size > 0) ? 'sending' : 'idle';
}
