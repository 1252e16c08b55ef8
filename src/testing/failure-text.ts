import type { AnalyticsEvent } from '../event/analytics-event.js';
import { unicodeEscape, unseen } from '../inbox/visible-text.js';
import type { Difference, TrackedExpectation } from './tracked-expectation.js';

interface ComparedEvent {
  readonly event: AnalyticsEvent;
  readonly differences: readonly Difference[];
}

interface Failure {
  readonly expected: TrackedExpectation;
  readonly events: readonly AnalyticsEvent[];
  /** Those of the expected name. */
  readonly compared: readonly ComparedEvent[];
  /** How many of them are as expected. */
  readonly count: number;
  readonly isNot: boolean;
  /** Writes a value as the runner does. */
  readonly show: (value: unknown) => string;
}

const MOST_LISTED = 10;
const LONGEST_VALUE = 200;

/** Why an expectation does not hold: what was expected, and what was tracked instead. */
export function failureText(failure: Failure): string {
  const { expected, events, compared, isNot } = failure;
  const head = [`Expected${isNot ? ' not' : ''}: ${expected.name}`, ...conditionsOf(failure)];
  if (events.length === 0) return [...head, 'But nothing was tracked at all.'].join('\n');
  if (compared.length === 0) return [...head, ...neverTracked(expected.name, events)].join('\n');
  return [...head, ...insteadTracked(failure)].join('\n');
}

function conditionsOf({ expected: { properties, as, session, times }, show }: Failure): string[] {
  const conditions = Object.entries(properties).map(([key, value]) =>
    value === undefined ? `without ${key}` : `with ${key} ${visible(show(value))}`,
  );
  if (as !== undefined) conditions.push(`as ${visible(show(as))}`);
  if (session !== undefined) conditions.push(`in session ${visible(show(session))}`);
  if (times !== undefined) conditions.push(`exactly ${timesText(times)}`);
  return conditions.map((condition) => `  ${condition}`);
}

function neverTracked(name: string, events: readonly AnalyticsEvent[]): string[] {
  const counts = new Map<string, number>();
  for (const { event } of events) counts.set(event, (counts.get(event) ?? 0) + 1);
  const near = [...counts.keys()].find((tracked) => isNear(tracked, name));
  const listed = [...counts]
    .slice(0, 2 * MOST_LISTED)
    .map(([event, count]) => `  ${visible(event)}, ${timesText(count)}`);
  return [
    `But it was never tracked.${near === undefined ? '' : ` Did you mean ${visible(near)}?`} These were:`,
    ...listed,
    ...restText(counts.size - listed.length),
  ];
}

function insteadTracked({ expected, compared, count, isNot, show }: Failure): string[] {
  const isTooFew = !isNot && count < (expected.times ?? 1);
  const isLike = ({ differences }: ComparedEvent): boolean => differences.length === 0;
  const telling = compared.map((one, place) => ({ one, place })).filter(({ one }) => isTooFew || isLike(one));
  // Of too many, those that miss it by least.
  const nearest = [...telling].sort((a, b) => a.one.differences.length - b.one.differences.length);
  const listed = nearest.slice(0, MOST_LISTED).sort((a, b) => a.place - b.place);
  const told =
    count === 0
      ? `But it was tracked ${timesText(compared.length)}, never like this:`
      : `But it was tracked like this ${timesText(count)}${isTooFew && compared.length > count ? `, of ${compared.length} in all` : ''}:`;
  return [
    told,
    ...listed.map(
      ({ one, place }) => `  ${place + 1}. ${isLike(one) ? placeOf(one, show) : differenceText(one, show)}`,
    ),
    ...restText(telling.length - listed.length),
  ];
}

function differenceText({ differences }: ComparedEvent, show: Failure['show']): string {
  const texts = differences.map(({ what, actual }) =>
    actual === undefined ? `it has no ${what.replace(/^the /, '')}` : `${visible(what)} is ${visible(show(actual))}`,
  );
  return texts.join('; ');
}

function placeOf({ event }: ComparedEvent, show: Failure['show']): string {
  const { session_id: session } = event.properties;
  const where = session === undefined || session === null ? '' : `, in session ${visible(show(session))}`;
  return `as ${visible(show(event.distinctId))}${where}`;
}

/** Written otherwise, or without its prefix. */
function isNear(tracked: string, name: string): boolean {
  const [a, b] = [tracked, name].map((text) => text.toLowerCase().replace(/[^a-z\d$]/g, '')) as [string, string];
  return b !== '' && (a.endsWith(b) || b.endsWith(a));
}

function timesText(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function restText(count: number): string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}

/** One line of it, with nothing that a terminal would obey. */
function visible(text: string): string {
  const line = text.replace(/\s*\n\s*/g, ' ').replace(unseen, unicodeEscape);
  return line.length <= LONGEST_VALUE ? line : `${line.slice(0, LONGEST_VALUE - 1)}…`;
}
