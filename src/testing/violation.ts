import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { Catalog } from '../event/catalog.js';
import { messages } from '../event/messages.js';

/** The error that a test shall see for an event that is not as its catalog declares it. */
export function violationOf(event: AnalyticsEvent, catalog: Catalog | undefined, prefix?: string): Error | undefined {
  const violations = catalog?.check(event.event, event.properties, prefix) ?? [];
  if (violations.length === 0) return undefined;
  const { code, text } = messages.catalogViolation(event.event, violations.join('; '));
  return new Error(`[AnalyticsRecorder] ${code} ${text}`);
}
