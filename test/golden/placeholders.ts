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

/** The ids that stand for the names of one case. */
export type NamedIds = Map<string, string>;

/** `actual`, with each value that fits the placeholder at its place in `expected` replaced by that placeholder. */
export function withPlaceholders(actual: unknown, expected: unknown, ids: NamedIds = new Map()): unknown {
  if (typeof expected === 'string') return placeholder(actual, expected, ids);
  if (Array.isArray(expected) && Array.isArray(actual)) {
    return actual.map((item, i) => withPlaceholders(item, expected[i], ids));
  }
  if (!isObject(expected) || !isObject(actual)) return actual;
  return Object.fromEntries(
    Object.entries(actual).map(([key, value]) => [key, withPlaceholders(value, expected[key], ids)]),
  );
}

function placeholder(actual: unknown, expected: string, ids: NamedIds): unknown {
  if (expected === '<any>' && actual !== undefined) return expected;
  if (expected === '<version>' && actual === version) return expected;
  if (expected === '<duration>' && typeof actual === 'number' && actual >= 0 && actual < 60_000) return expected;
  if (typeof actual !== 'string') return actual;
  if (expected.startsWith('<id:')) return namedId(actual, expected, ids);
  const exact = forms[expected];
  if (exact !== undefined) return exact.test(actual) ? expected : actual;
  return actual.replace(/[0-9a-f]{32}/, (hash) => (expected.includes('<hash>') ? '<hash>' : hash));
}

/** The same name must stand for the same id, and another name for another. */
function namedId(actual: string, name: string, ids: NamedIds): string {
  if (actual !== '' && !ids.has(name) && ![...ids.values()].includes(actual)) ids.set(name, actual);
  return ids.get(name) === actual ? name : actual;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
