import type { AnalyticsContextValues } from '../context/context-values.js';
import type { JsonObject } from '../event/analytics-event.js';
import { aiId } from '../event/distinct-id.js';
import { putProperty } from '../event/json-copy.js';
import { copyToJson } from '../event/json-value.js';
import { isUuid } from '../event/uuid.js';
import { version } from '../event/version.js';
import type { EventRecord } from './event-record.js';

/** On every event, `plain` ones too. */
export const libraryProperties = {
  $lib: 'nestjs-agent-analytics',
  $lib_version: version,
  $geoip_disable: true,
  $ignore_sent_at: true,
} as const satisfies JsonObject;

/** What of an event is decided before its properties are put together. */
export interface Decided {
  readonly environment: string;
  readonly source: string;
  readonly isAnonymous: boolean;
  readonly isPersonless: boolean;
  readonly sessionId: string | null;
  readonly groups: Readonly<Record<string, string>>;
}

/**
 * The properties of an event, each from the strongest that has it: what is decided and measured, then the record's
 * own, then the context's. `onLost` hears of each of the record's own that a stronger one replaced.
 *
 * Once for each event, so it is written for speed: the strongest come first, as a literal, and weaker ones only
 * where nothing stands; a weak value overwritten later costs V8's fast objects (9 against 5 µs an event).
 */
export function eventProperties(record: EventRecord, decided: Decided, onLost: (property: string) => void): JsonObject {
  const properties: JsonObject = {
    session_id: decided.sessionId,
    is_anonymous: decided.isAnonymous,
    environment: decided.environment,
    source: decided.source,
    $lib: libraryProperties.$lib,
    $lib_version: libraryProperties.$lib_version,
    $geoip_disable: libraryProperties.$geoip_disable,
    $ignore_sent_at: libraryProperties.$ignore_sent_at,
  };
  if (decided.isPersonless) properties.$process_person_profile = false;
  putTrace(properties, record, decided.sessionId);
  putGroups(properties, decided.groups);
  if (record.measured !== undefined) putWhereAbsent(properties, '', record.measured);
  putOwn(properties, record.properties, onLost);
  putContext(properties, record);
  return properties;
}

function putTrace(properties: JsonObject, record: EventRecord, sessionId: string | null): void {
  const { context } = record;
  if (context.webSessionId !== undefined && isUuid(context.webSessionId)) properties.$session_id = context.webSessionId;
  const traceId = record.traceId ?? context.traceId;
  if (typeof traceId !== 'string') return;
  // A record that names its trace names its parent too; one that does not lies where its context lies.
  const parentId = record.traceId === undefined ? context.parentSpanId : record.parentSpanId;
  if (sessionId !== null) properties.$ai_session_id = aiId(sessionId);
  properties.$ai_trace_id = aiId(traceId);
  if (typeof record.spanId === 'string') properties.$ai_span_id = record.spanId;
  if (typeof parentId === 'string') properties.$ai_parent_id = parentId;
}

/** Puts other groups into the place of those that the properties say. */
export function replaceGroups(
  properties: JsonObject,
  before: Readonly<Record<string, string>>,
  groups: Readonly<Record<string, string>>,
): void {
  for (const type of Object.keys(before)) delete properties[`group_${type}`];
  delete properties.$groups;
  putGroups(properties, groups);
}

/** Whether both have the same groups. */
export function areSameGroups(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const types = Object.keys(a);
  return types.length === Object.keys(b).length && types.every((type) => a[type] === b[type]);
}

function putGroups(properties: JsonObject, groups: Readonly<Record<string, string>>): void {
  if (groups === noGroups) return;
  for (const type of Object.keys(groups)) properties[`group_${type}`] = groups[type] ?? null;
  properties.$groups = groups;
}

function putOwn(properties: JsonObject, own: JsonObject, onLost: (property: string) => void): void {
  for (const key of Object.keys(own)) {
    const value = own[key];
    if (value === undefined) continue;
    if (!Object.hasOwn(properties, key)) putProperty(properties, key, value);
    else if (properties[key] !== value) onLost(key);
  }
}

function putContext(properties: JsonObject, { context, event }: EventRecord): void {
  if (isPresent(context.trigger)) properties.trigger ??= context.trigger;
  if (isPresent(context.triggerRef)) properties.trigger_ref ??= context.triggerRef;
  if (isPresent(context.surface)) properties.surface ??= context.surface;
  if (context.prompt !== undefined && event.startsWith('$ai_')) {
    const { name, version } = context.prompt;
    putWhereAbsent(properties, '$ai_prompt_', version === undefined ? { name } : { name, version });
  }
  if (context.flags !== undefined) putWhereAbsent(properties, '$feature/', context.flags);
  if (context.properties !== undefined) putWhereAbsent(properties, '', context.properties);
}

/** Values that may hold anything: mended here. */
function putWhereAbsent(properties: JsonObject, prefix: string, values: Readonly<Record<string, unknown>>): void {
  for (const given of Object.keys(values)) {
    const key = prefix === '' ? given : prefix + given;
    if (Object.hasOwn(properties, key)) continue;
    const value = copyToJson(values[given]);
    if (value !== undefined) putProperty(properties, key, value);
  }
}

function isPresent(value: string | null | undefined): value is string {
  return value !== undefined && value !== null;
}

/** The groups of the context and the record, the record's first; blank keys are none. */
export function eventGroups(
  context: AnalyticsContextValues,
  own: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (context.groups === undefined && own === undefined) return noGroups;
  return readGroups({ ...context.groups, ...own });
}

/** Group type → group key as text, of whatever was given. */
export function readGroups(given: unknown): Readonly<Record<string, string>> {
  if (typeof given !== 'object' || given === null) return noGroups;
  let groups: JsonObject | undefined;
  for (const type of Object.keys(given)) {
    const key = groupKey((given as Record<string, unknown>)[type]);
    if (key !== undefined && type.trim() !== '') putProperty((groups ??= {}), type.toWellFormed(), key);
  }
  return (groups as Record<string, string> | undefined) ?? noGroups;
}

function groupKey(key: unknown): string | undefined {
  if (typeof key === 'number' || typeof key === 'bigint') return String(key);
  return typeof key === 'string' && key.trim() !== '' ? key.toWellFormed() : undefined;
}

const noGroups: Readonly<Record<string, string>> = Object.freeze({});
