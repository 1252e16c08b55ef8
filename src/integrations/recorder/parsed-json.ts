/** In UTF-16 units. Longer texts are not read: it would take the application's time. */
const LONGEST = 100_000;

/** A value that a framework wrote as JSON; what is no JSON of an object, a list or a text is left as it is. */
export function parsedJson(value: unknown, longest = LONGEST): unknown {
  if (typeof value !== 'string' || value.length > longest || !/^\s*[[{"]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
