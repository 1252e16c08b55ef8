import { timeText } from './format.ts';

/** From the first millisecond to before the second one. */
export type Interval = readonly [from: number, to: number];

/** As ISO 8601 writes an interval, for the address. */
export function writeInterval([from, to]: Interval): string {
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
}

/** `null` where it is none. */
export function readInterval(text: string): Interval | null {
  const [from = NaN, to = NaN] = text.split('/').map((part) => Date.parse(part));
  return from < to ? [from, to] : null;
}

export function isWithin(time: number, [from, to]: Interval): boolean {
  return time >= from && time < to;
}

/** For a reader: both ends, in local time. */
export function intervalText(text: string): string {
  const [from = '', to = ''] = text.split('/');
  if (readInterval(text) === null) return 'any';
  return `${timeText(from)} – ${timeText(to)}`;
}
