import type { FigureRow } from './figures.ts';

/** How often each event came, in intervals of one length. */
export interface TimeFigures {
  readonly intervalMs: number;
  /** Where each interval begins, ascending without gaps, milliseconds since 1970. */
  readonly starts: readonly number[];
  /** The most frequent first; the last may be all others together. */
  readonly series: readonly TimeSeries[];
  /** Events whose time is none, or is far from that of the others: they are in no interval. */
  readonly outside: number;
}

interface TimeSeries {
  /** `null`: all other events. */
  readonly event: string | null;
  readonly counts: readonly number[];
}

const MOST_INTERVALS = 48;
const MOST_EVENTS = 6;
/** Who sends a wrong time may be years off; that must not make one bar of all the rest. */
const FAR_MS = 31 * 24 * 3_600_000;

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const lengths: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((count) => count * HOUR),
];
const LONGEST = 48 * HOUR;

export function timeFigures(rows: readonly FigureRow[]): TimeFigures {
  const times = rows.map(({ at }) => Date.parse(at));
  const middle = medianOf(times);
  const isIn = (time: number): boolean => Math.abs(time - middle) <= FAR_MS;
  const known = times.filter(isIn);
  if (known.length === 0) return { intervalMs: SECOND, starts: [], series: [], outside: rows.length };

  const [first, last] = [smallest(known), -smallest(known.map((time) => -time))];
  const intervalMs =
    lengths.find((length) => placeOf(last, length) - placeOf(first, length) < MOST_INTERVALS) ?? LONGEST;
  const begin = placeOf(first, intervalMs);
  const count = placeOf(last, intervalMs) - begin + 1;
  const names = mostFrequent(rows.filter((_, index) => isIn(times[index] ?? NaN)).map(({ event }) => event));
  const shown = names.length > MOST_EVENTS + 1 ? names.slice(0, MOST_EVENTS) : names;
  const series = new Map<string | null, number[]>(shown.map((event) => [event, new Array<number>(count).fill(0)]));
  rows.forEach(({ event }, index) => {
    const time = times[index] ?? NaN;
    if (!isIn(time)) return;
    const key = series.has(event) ? event : null;
    const counts = series.get(key) ?? new Array<number>(count).fill(0);
    series.set(key, counts);
    const place = placeOf(time, intervalMs) - begin;
    counts[place] = (counts[place] ?? 0) + 1;
  });
  return {
    intervalMs,
    starts: Array.from({ length: count }, (_, place) => (begin + place) * intervalMs),
    series: [...series].map(([event, counts]) => ({ event, counts })),
    outside: rows.length - known.length,
  };
}

function placeOf(time: number, length: number): number {
  return Math.floor(time / length);
}

function medianOf(times: readonly number[]): number {
  const sorted = Float64Array.from(times.filter((time) => !Number.isNaN(time))).sort();
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Spreading 10,000 arguments would do, but there may be more rows. */
function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function mostFrequent(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([name]) => name);
}
