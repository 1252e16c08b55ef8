const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The beginning of each interval in local time, as exact as its length needs. */
export function timeLabels(starts: readonly number[], intervalMs: number): string[] {
  const [first = 0, last = first] = [starts[0], starts.at(-1)];
  const isOneDay = new Date(first).toDateString() === new Date(last).toDateString();
  const format = new Intl.DateTimeFormat(undefined, {
    ...(isOneDay ? {} : { day: 'numeric', month: 'short' }),
    ...(intervalMs >= DAY ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    ...(intervalMs < 60_000 ? { second: '2-digit' } : {}),
  });
  return starts.map((start) => format.format(start));
}
