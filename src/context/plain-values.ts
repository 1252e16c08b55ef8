import type { JsonObject } from '../event/analytics-event.js';
import { copyProperties, copyToJson } from '../event/json-value.js';
import type { AnalyticsContextValues } from './context-values.js';

/**
 * A copy as plain JSON that nobody can change later, ids as strings. Anything but an object counts as no values, and
 * what refuses to be read as not given. Never throws.
 */
export function plainValues(values: AnalyticsContextValues | undefined): AnalyticsContextValues {
  const copy: Record<string, unknown> = {};
  for (const key of keysOf(values)) {
    try {
      const value = plainValue(key, (values as Record<string, unknown>)[key]);
      if (value !== undefined) copy[key] = value;
    } catch {
      // A getter that throws.
    }
  }
  return copy;
}

/** A plain JSON copy of a map of values; `undefined` for what is none. Never throws. */
export function plainMap<T>(map: T | undefined): T | undefined {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return undefined;
  return copyProperties(map) as JsonObject & T;
}

function keysOf(values: unknown): string[] {
  if (typeof values !== 'object' || values === null) return [];
  try {
    return Object.keys(values);
  } catch {
    return [];
  }
}

function plainValue(key: string, value: unknown): unknown {
  switch (key) {
    case 'userId':
    case 'sessionId':
      return plainId(value);
    case 'properties':
    case 'groups':
    case 'flags':
      return plainMap(value);
    default:
      return typeof value === 'object' && value !== null ? copyToJson(value) : value;
  }
}

/** One of a wrong type stays of a wrong type, for the warning that says so. */
function plainId(id: unknown): unknown {
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  return typeof id === 'object' && id !== null ? copyProperties(id) : id;
}
