// For toWellFormed, which every Node supported has; the directive holds for the whole program.
/// <reference lib="es2024.string" />
import type { JsonObject, JsonValue } from './analytics-event.js';
import { errorType } from './redaction.js';

// PostHog refuses a batch at 128 levels; the batch, the event and its properties are levels too.
const maxDepth = 100;
// Characters of text that one copy may hold: what shared references could multiply without end.
const maxCharacters = 10_000_000;

const truncated = '[Truncated]';
const circular = '[Circular]';
export const threw = '[Threw]';

export type Fields = Readonly<Record<string, unknown>>;
/** Puts another object into the place of a plain one that is copied. */
export type View = (fields: Fields) => Fields;

/** One copy under way: what it has used up, and the objects that it stands in. */
export class JsonCopy {
  private values = 0;
  private characters = 0;
  private readonly ancestors: object[] = [];

  /** At most so many values; shared references could multiply them without end. */
  constructor(
    private readonly maxValues: number,
    private readonly view: View | undefined,
  ) {}

  copyNewest(items: readonly unknown[]): JsonValue[] {
    const copy: JsonValue[] = [];
    this.ancestors.push(items);
    for (let index = items.length - 1; index >= 0 && this.values < this.maxValues; index--) {
      const item = this.copyMember(items, index, '') ?? null;
      // One that had no room to its end is left out too.
      if (copy.length === 0 || this.values <= this.maxValues) copy.push(item);
    }
    return copy.reverse();
  }

  copyObject(value: object, key: string): JsonValue | undefined {
    if (this.ancestors.includes(value)) return circular;
    if (this.ancestors.length >= maxDepth) return truncated;
    this.ancestors.push(value);
    const copy = this.copyByKind(value, key);
    this.ancestors.pop();
    return copy;
  }

  private copyByKind(value: object, key: string): JsonValue | undefined {
    // Before toJSON: a Buffer's lists every byte, and many errors carry the whole request in theirs.
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return `[${value.constructor.name}: ${value.byteLength} bytes]`;
    }
    if (value instanceof Error) return describeError(value);
    const toJSON = (value as { toJSON?: unknown }).toJSON;
    if (typeof toJSON === 'function') {
      const converted: unknown = Reflect.apply(toJSON, value, [key]);
      // An object that returns itself is copied as it stands, as JSON.stringify does.
      if (converted !== value) return this.copyValue(converted, key);
    }
    if (Array.isArray(value)) return this.copyItems(value);
    if (value instanceof Set) return this.copySet(value);
    if (value instanceof Map) return this.copyMap(value);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return this.copyValue(value.valueOf(), key);
    }
    return this.copyEntries(this.view?.(value as Fields) ?? (value as Fields));
  }

  private copyValue(value: unknown, key: string): JsonValue | undefined {
    if (++this.values > this.maxValues) return truncated;
    if (typeof value === 'string') return this.copyText(value);
    if (typeof value !== 'object' || value === null) return copyPrimitive(value);
    const depth = this.ancestors.length;
    try {
      return this.copyObject(value, key);
    } catch {
      this.ancestors.length = depth;
      return threw;
    }
  }

  private copyText(text: string): string {
    // A text that has no room takes none from those after it.
    if (this.characters + text.length > maxCharacters) return truncated;
    this.characters += text.length;
    return text.toWellFormed();
  }

  private copyItems(items: readonly unknown[]): JsonValue[] {
    const copy: JsonValue[] = [];
    // By index: holes count as null, and an item's getter may throw alone.
    for (let index = 0; index < items.length && this.values <= this.maxValues; index++) {
      copy.push(this.copyMember(items, index, '') ?? null);
    }
    return copy;
  }

  private copySet(set: ReadonlySet<unknown>): JsonValue[] {
    const copy: JsonValue[] = [];
    for (const item of set) {
      copy.push(this.copyValue(item, '') ?? null);
      if (this.values > this.maxValues) break;
    }
    return copy;
  }

  private copyMap(map: ReadonlyMap<unknown, unknown>): JsonObject {
    const copy: JsonObject = {};
    for (const [key, value] of map) {
      const name = this.copyText(typeof key === 'object' && key !== null ? '[Object]' : String(key));
      const copied = this.copyValue(value, name);
      if (copied !== undefined) putProperty(copy, name, copied);
      if (this.values > this.maxValues) break;
    }
    return copy;
  }

  private copyEntries(source: Fields): JsonObject {
    const copy: JsonObject = {};
    for (const key of Object.keys(source)) {
      const copied = this.copyMember(source, key, key);
      if (copied !== undefined) putProperty(copy, this.copyText(key), copied);
      if (this.values > this.maxValues) break;
    }
    return copy;
  }

  private copyMember(source: object, key: PropertyKey, name: string): JsonValue | undefined {
    let member: unknown;
    try {
      member = (source as Record<PropertyKey, unknown>)[key];
    } catch {
      return threw;
    }
    return this.copyValue(member, name);
  }
}

/** Class and code only: messages and attached requests hold what nobody agreed to capture. */
function describeError(error: Error): JsonObject {
  const copy: JsonObject = { name: errorType(error) };
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' || typeof code === 'number') copy.code = copyPrimitive(code) ?? null;
  return copy;
}

/** Sets a property as plain data, whatever its name: `__proto__` too. */
export function putProperty(target: JsonObject, key: string, value: JsonValue): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

export function copyPrimitive(value: unknown): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed();
    case 'number':
      // `+ 0` makes 0 of -0, which JSON can't tell apart.
      return Number.isFinite(value) ? value + 0 : null;
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    default:
      return value === null ? null : undefined;
  }
}
