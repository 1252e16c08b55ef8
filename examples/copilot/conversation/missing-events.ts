import type { AnalyticsEvent } from 'nestjs-agent-analytics';
import type { Expected, ExpectedEvent } from './expected-events.js';

/** One line for each expected event that has not come as it should: what is missing, or what is wrong with the nearest. */
export function missingEvents(expected: readonly ExpectedEvent[], events: readonly AnalyticsEvent[]): string[] {
  return expected.flatMap((wanted) => {
    const faults = events
      .filter(({ event }) => event === wanted.event)
      .map((event) => faultsOf(wanted, event))
      .sort((a, b) => a.length - b.length);
    const [nearest] = faults;
    if (nearest === undefined) return [`${title(wanted)} did not come`];
    return nearest.length === 0 ? [] : [`${title(wanted)} did not come; in the nearest ${nearest.join(', ')}`];
  });
}

function faultsOf({ distinctId, properties }: ExpectedEvent, event: AnalyticsEvent): string[] {
  const wrong = Object.entries(properties)
    .filter(([key, wanted]) => !matches(wanted, event.properties[key]))
    .map(([key]) =>
      key in event.properties ? `${key} is ${JSON.stringify(event.properties[key])}` : `${key} is absent`,
    );
  return event.distinctId === distinctId ? wrong : [`the person is ${event.distinctId}`, ...wrong];
}

function matches(wanted: Expected, value: unknown): boolean {
  return typeof wanted === 'function' ? wanted(value) : wanted === value;
}

/** The event with the plain values that tell it from others of its name. */
function title({ event, distinctId, properties }: ExpectedEvent): string {
  const plain = Object.entries(properties)
    .filter(([key, value]) => typeof value !== 'function' && key !== 'session_id')
    .map(([key, value]) => `${key}=${String(value)}`);
  return `${event} of ${distinctId.replace(/^anonymous_.*/, 'the anonymous visitor')} (${plain.join(' ')})`;
}
