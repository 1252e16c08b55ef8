import type { AnalyticsEvent } from '../event/analytics-event.js';

/** The event that a test expects. */
export interface TrackedExpectation {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly as?: unknown;
  readonly session?: unknown;
  readonly times?: number;
}

/** One thing of an event that is not as expected. */
export interface Difference {
  /** A property's name, or `the person`, `the session`. */
  readonly what: string;
  /** `undefined` where the event has none. */
  readonly actual: unknown;
}

/** What about the event is not as expected; nothing where it is. */
export function differencesOf(
  event: AnalyticsEvent,
  expected: TrackedExpectation,
  equals: (a: unknown, b: unknown) => boolean,
): Difference[] {
  const { properties } = event;
  const differences: Difference[] = [];
  const compare = (what: string, actual: unknown, wanted: unknown): void => {
    if (!equals(actual, wanted)) differences.push({ what, actual });
  };
  for (const [key, wanted] of Object.entries(expected.properties)) {
    compare(key, Object.hasOwn(properties, key) ? properties[key] : undefined, wanted);
  }
  if (expected.as !== undefined) compare('the person', event.distinctId, expected.as);
  if (expected.session !== undefined) compare('the session', properties.session_id, expected.session);
  return differences;
}
