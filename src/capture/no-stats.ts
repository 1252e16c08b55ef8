import type { AnalyticsStats } from '../delivery/delivery.js';

/** The books while analytics is off. */
export const noStats: AnalyticsStats = Object.freeze({
  accepted: 0,
  refused: Object.freeze({}),
  delivered: 0,
  dropped: Object.freeze({}),
  dead: 0,
  adopted: 0,
  replayed: 0,
  handed: 0,
  pending: Object.freeze({ total: 0, recorded: 0, stored: 0, inFlight: 0 }),
  retries: 0,
  oldestPendingMs: 0,
  oldestUnstoredMs: 0,
  state: 'idle',
  lastError: null,
});
