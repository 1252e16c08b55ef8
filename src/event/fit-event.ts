import type { AnalyticsEvent, JsonObject, JsonValue } from './analytics-event.js';
import { builtInEvents } from './built-in-events.js';

/** What the batch endpoint takes of one event, in bytes. */
const batchLimit = 990_000;
/** What the AI endpoint takes of one `$ai_*` event: 8 MiB, with room for what the request puts around it. */
const aiLimit = 8 * 1024 * 1024 - 4_096;
/** What remains of a text that is cut, in UTF-16 units. */
const keptText = 1_000;

/** An event that its endpoint takes, serialised. */
export interface FittedEvent {
  readonly event: AnalyticsEvent;
  /** The element of PostHog's batch. */
  readonly json: string;
  /** Length of `json` in UTF-8. */
  readonly bytes: number;
  readonly lane: 'batch' | 'ai';
}

/** The event as an element of PostHog's batch. */
export function eventJson(event: AnalyticsEvent): string {
  return JSON.stringify({
    event: event.event,
    distinct_id: event.distinctId,
    properties: event.properties,
    timestamp: event.timestamp,
    uuid: event.uuid,
  });
}

/**
 * The event at a size that PostHog takes: at most 990,000 bytes, `$ai_*` events at most 8 MiB in a lane of their own.
 *
 * Too large a one loses its largest properties first: their values are cut, with a marker, and where that is not
 * enough left out. The properties that the library's own events declare are never touched; `undefined` where
 * the event can't be made to fit without them.
 */
export function fitEvent(event: AnalyticsEvent, json: string = eventJson(event)): FittedEvent | undefined {
  const bytes = Buffer.byteLength(json);
  if (bytes <= batchLimit) return { event, json, bytes, lane: 'batch' };
  const isAi = event.event.startsWith('$ai_');
  const limit = isAi ? aiLimit : batchLimit;
  if (bytes <= limit) return { event, json, bytes, lane: 'ai' };

  const cut = { ...event, properties: cutProperties(event.properties, bytes - limit) };
  const cutJson = eventJson(cut);
  const cutBytes = Buffer.byteLength(cutJson);
  if (cutBytes > limit) return undefined;
  return { event: cut, json: cutJson, bytes: cutBytes, lane: cutBytes > batchLimit ? 'ai' : 'batch' };
}

const neverCut: ReadonlySet<string> = new Set([
  ...Object.values(builtInEvents).flat(),
  ...['session_id', 'environment', 'source', 'is_anonymous', '$groups'],
]);

/** A copy of the properties that is at least `excess` bytes smaller, if that can be. */
function cutProperties(properties: JsonObject, excess: number): JsonObject {
  const cut = new Map(Object.entries(properties));
  let left = excess;
  for (const [key, bytes] of largestFirst(cut, (value) => jsonBytes(value))) {
    const shorter = cutValue(cut.get(key) ?? null, bytes);
    const saved = bytes - jsonBytes(shorter);
    if (left <= 0 || saved <= 0) break;
    cut.set(key, shorter);
    left -= saved;
  }
  if (left > 0) leaveOut(cut, left);
  return Object.fromEntries(cut);
}

/** Thousands of small properties, or names of megabytes: these can only go. */
function leaveOut(properties: Map<string, JsonValue>, excess: number): void {
  let left = excess + leftOutMarkerBytes;
  let count = 0;
  for (const [key, bytes] of largestFirst(properties, (value, key) => jsonBytes(key) + jsonBytes(value))) {
    if (left <= 0) break;
    properties.delete(key);
    left -= bytes;
    count++;
  }
  properties.set('[Truncated]', `${count} properties left out`);
}

/** Room for the marker that says how many properties are gone. */
const leftOutMarkerBytes = 100;

function largestFirst(
  properties: ReadonlyMap<string, JsonValue>,
  size: (value: JsonValue, key: string) => number,
): [key: string, bytes: number][] {
  return [...properties]
    .filter(([key]) => !neverCut.has(key))
    .map(([key, value]): [string, number] => [key, size(value, key)])
    .sort((a, b) => b[1] - a[1]);
}

function cutValue(value: JsonValue, bytes: number): string {
  const kept = typeof value === 'string' ? value.slice(0, keptText).toWellFormed() : '';
  return `${kept}[Truncated: ${bytes} bytes]`;
}

function jsonBytes(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}
