import type { JsonObject, JsonValue } from './analytics-event.js';
import { copyPrimitive, JsonCopy, threw, type View } from './json-copy.js';

// On the request path: a flat object of six primitives is copied in well below a microsecond.

const mostValues = 10_000;

/**
 * A plain JSON copy of any value, as it is now. Never throws.
 *
 * `undefined`, functions and symbols have none (in arrays they become `null`). What JSON can't carry is mended:
 * BigInt → string; NaN, Infinity and invalid dates → `null`; a circle → `"[Circular]"`; a getter, proxy or `toJSON`
 * that throws → `"[Threw]"`; lone surrogates → U+FFFD; beyond 100 levels, 10,000 values or 10 million characters →
 * `"[Truncated]"`. `toJSON` is honoured; binary data is named by its size, an error by its class and code. `view` may put
 * another object into the place of each plain one.
 */
export function copyToJson(value: unknown, view?: View): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return copyPrimitive(value);
  return copyObject(value, mostValues, view);
}

/**
 * Like `copyToJson`, of a list whose last items matter most: where not all have room, the first are left out; the last is
 * there in any case. Throws where the list itself refuses to be read.
 */
export function copyNewest(items: readonly unknown[], view?: View): JsonValue[] {
  return new JsonCopy(mostValues, view).copyNewest(items);
}

/** A plain JSON copy of an object's properties, of at most so many values; `{}` for what is no object. Never throws. */
export function copyProperties(properties: unknown, most = mostValues): JsonObject {
  if (typeof properties !== 'object' || properties === null) return {};
  const copy = copyObject(properties, most, undefined);
  return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? copy : {};
}

function copyObject(value: object, most: number, view: View | undefined): JsonValue | undefined {
  try {
    return new JsonCopy(most, view).copyObject(value, '');
  } catch {
    return threw;
  }
}
