import type { JsonObject, JsonValue } from '../event/analytics-event.js';
import { isLibraryProperty } from '../event/library-properties.js';
import { escapeUnseen } from './visible-text.js';

/** `expect(analytics).toHaveTracked(…);`; `options` is JavaScript, and may be empty. */
export function testLine(event: string, properties: JsonObject, options = ''): string {
  const listed = Object.entries(properties).map(([key, value]) => `${propertyName(key)}: ${literal(value)}`);
  const given = [literal(event)];
  if (listed.length > 0) given.push(`{ ${listed.join(', ')} }`);
  else if (options !== '') given.push('{}');
  if (options !== '') given.push(options);
  return `expect(analytics).toHaveTracked(${given.join(', ')});`;
}

/**
 * The properties that are the same each time: no durations, no ids, no times, nothing that a model or the network
 * decides.
 */
export function stableProperties(properties: JsonObject): JsonObject {
  const stable = Object.entries(properties).filter(([key, value]) => value !== null && isStable(key, value));
  return Object.fromEntries(stable);
}

/** A value of the event as JavaScript, in which nothing can end its quotes or be unseen. */
export function literal(value: JsonValue): string {
  const json = escapeUnseen(JSON.stringify(value));
  if (typeof value !== 'string' || json.includes("'")) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
}

function propertyName(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) && key !== '__proto__' ? key : `[${literal(key)}]`;
}

const measured = new Set(['outcome', 'error_type', 'abort_reason']);
/** Ids that an application's own lists give, the same in each run. */
const fixedIds = new Set(['graph_id', 'library_agent_id']);
const changing = /(?:_ms|_at|_time|_date|timestamp|uuid|_count|_tokens|_usd|retries)$/i;
const ids = /(?:^|_)ids?$|[a-z]Ids?$/;

function isStable(key: string, value: JsonValue): boolean {
  return measured.has(key) || (!isLibraryProperty(key) && isStableEntry(key, value));
}

function isStableEntry(key: string, value: JsonValue): boolean {
  return !changing.test(key) && (fixedIds.has(key) || !ids.test(key)) && isStableValue(value);
}

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;
const isoTime = /\d{4}-\d\d-\d\dT\d\d:\d\d/;

function isStableValue(value: JsonValue): boolean {
  if (typeof value === 'string') return !uuid.test(value) && !isoTime.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStableValue);
  return Object.entries(value).every(([key, inner]) => isStableEntry(key, inner));
}
