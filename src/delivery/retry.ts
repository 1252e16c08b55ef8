const leastMs = 1_000;
const mostMs = 60_000;
const mostRetryAfterMs = 5 * 60_000;

/**
 * How long to wait after so many failures in a row (1 for the first): between 1 s and a ceiling that doubles with each
 * failure up to 60 s, evenly spread, so that a fleet does not come back all at once. `random` gives 0 to 1.
 */
export function backoffMs(failures: number, random: () => number): number {
  const ceiling = Math.min(mostMs, leastMs * 2 ** Math.min(failures, 10));
  return leastMs + random() * (ceiling - leastMs);
}

/**
 * Milliseconds that a `Retry-After` header asks for, in either of its forms (seconds, HTTP date), at most 5 minutes;
 * `undefined` for what is neither, or lies in the past.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === '') return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return wait > 0 ? Math.min(wait, mostRetryAfterMs) : undefined;
}
