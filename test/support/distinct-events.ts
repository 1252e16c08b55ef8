import type { IngestedEvent } from './ingestion-rules.js';

/** What is left when duplicates by (UTC day, event, distinct_id, uuid) are merged, as PostHog merges them in the end. */
export function distinctEvents(events: readonly IngestedEvent[]): IngestedEvent[] {
  const byIdentity = new Map<string, IngestedEvent>();
  for (const event of events) {
    const day = new Date(event.time).toISOString().slice(0, 10);
    const identity = JSON.stringify([day, event.event, event.distinct_id, event.uuid]);
    if (!byIdentity.has(identity)) byIdentity.set(identity, event);
  }
  return [...byIdentity.values()];
}
