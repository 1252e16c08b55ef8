import { version } from '../../src/event/version.js';

const uuid = (digit: string) =>
  new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${digit}[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`);
const forms: Record<string, RegExp> = {
  '<uuid>': uuid('7'),
  '<uuid v5>': uuid('5'),
  '<random id>': uuid('[0-9a-f]'),
  '<timestamp>': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  '<hash>': /^[0-9a-f]{32}$/,
};

/** `actual`, with each value that fits the placeholder at its place in `expected` replaced by that placeholder. */
export function withPlaceholders(actual: unknown, expected: unknown): unknown {
  if (typeof expected === 'string') return placeholder(actual, expected);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map((item, i) => withPlaceholders(item, expected[i]));
  }
  if (!isObject(expected) || !isObject(actual)) return actual;
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, withPlaceholders(value, expected[key])]),
  );
}

function placeholder(actual: unknown, expected: string): unknown {
  if (expected === '<any>' && actual !== undefined) return expected;
  if (expected === '<version>' && actual === version) return expected;
  if (typeof actual !== 'string') return actual;
  const exact = forms[expected];
  if (exact !== undefined) return exact.test(actual) ? expected : actual;
  return actual.replace(/[0-9a-f]{32}/, (hash) => (expected.includes('<hash>') ? '<hash>' : hash));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
