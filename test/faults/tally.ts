import type { PostHogServer } from '../support/posthog-server.js';
import type { Tally } from './row.js';

/** The event that every run captures, with its number `n` as a property. */
export const eventName = 'fault_event';

/** The numbers that the server has. */
export function arrived(server: PostHogServer): Set<number> {
  return new Set(server.events.filter(isOurs).map(({ properties }) => Number(properties['n'])));
}

/** A name that was mended begins as it did. */
function isOurs({ event }: { readonly event: string }): boolean {
  return event.startsWith(eventName);
}

export interface Account {
  readonly captured: number;
  readonly kept?: number;
  readonly told: Tally['told'];
  readonly note?: string | undefined;
  readonly wrong?: string | undefined;
}

/** Compares what was captured with what the server has. */
export function tally(server: PostHogServer, { captured, kept = 0, told, note, wrong }: Account): Tally {
  const delivered = arrived(server).size;
  const stored = server.events.filter(isOurs).length;
  const distinct = server.distinct().filter(isOurs).length;
  return {
    captured,
    delivered,
    kept,
    lost: captured - delivered - kept,
    doubled: distinct - delivered,
    resent: stored - distinct,
    told,
    ...(note !== undefined && { note }),
    ...(wrong !== undefined && { wrong }),
  };
}
