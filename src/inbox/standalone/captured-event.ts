import type { AnalyticsEvent, JsonObject } from '../../event/analytics-event.js';
import { uuidV7 } from '../../event/uuid.js';

/** An event as PostHog would read it, and why PostHog would refuse it where it would. */
export interface CapturedEvent {
  readonly event: AnalyticsEvent;
  readonly refusal: string | undefined;
}

/** Reads one element of a request; of a broken one as much as there is, so that it can be shown. */
export function readCapturedEvent(raw: unknown, now: number): CapturedEvent {
  const given = isRecord(raw) ? raw : {};
  const properties = propertiesOf(given);
  const distinctId = distinctIdOf(given, properties);
  const event: AnalyticsEvent = {
    uuid: isUuid(given.uuid) ? given.uuid : uuidV7(now),
    event: typeof given.event === 'string' && given.event !== '' ? given.event : '(no name)',
    distinctId: distinctId ?? '',
    timestamp: timestampOf(given, now),
    properties,
    groups: groupsOf(properties.$groups),
  };
  return { event, refusal: refusalOf(raw, given, distinctId) };
}

function refusalOf(raw: unknown, given: Record<string, unknown>, distinctId: string | undefined): string | undefined {
  if (!isRecord(raw)) return 'failed to parse request: an event is no object';
  if (typeof given.event !== 'string') return 'failed to parse request: event';
  if (given.event === '') return 'event submitted with an empty event name';
  if (given.properties !== undefined && !isRecord(given.properties)) return 'failed to parse request: properties';
  if (given.timestamp !== undefined && typeof given.timestamp !== 'string') return 'failed to parse request: timestamp';
  if (given.uuid !== undefined && given.uuid !== '' && !isUuid(given.uuid)) return 'failed to parse request: uuid';
  if (distinctId === undefined) return 'event submitted without a distinct_id';
  if (distinctId.trim() === '') return 'event submitted with an empty distinct_id';
  return undefined;
}

/** What stands beside the properties and means one: `$set` of older SDKs, the options of the newest protocol. */
function propertiesOf(given: Record<string, unknown>): JsonObject {
  const own = isRecord(given.properties) ? (given.properties as JsonObject) : {};
  const options = isRecord(given.options) ? given.options : {};
  const beside = {
    $set: given.$set,
    $set_once: given.$set_once,
    $session_id: given.session_id,
    $window_id: given.window_id,
    $process_person_profile: options.process_person_profile,
    $ignore_sent_at: options.disable_skew_correction,
    $cookieless_mode: options.cookieless_mode,
  };
  const known = Object.entries(beside).filter(([key, value]) => value !== undefined && !Object.hasOwn(own, key));
  return known.length === 0 ? own : { ...own, ...(Object.fromEntries(known) as JsonObject) };
}

function distinctIdOf(given: Record<string, unknown>, properties: JsonObject): string | undefined {
  const id = given.distinct_id ?? given.$distinct_id ?? properties.distinct_id ?? properties.$distinct_id;
  if (id === undefined || id === null) return undefined;
  return typeof id === 'string' ? id : JSON.stringify(id);
}

/** posthog-js says of an event that waited how long it did. */
function timestampOf({ timestamp, offset }: Record<string, unknown>, now: number): string {
  const told = typeof timestamp === 'string' ? Date.parse(timestamp) : NaN;
  const waited = typeof offset === 'number' ? now - offset : now;
  const time = new Date(Number.isNaN(told) ? waited : told);
  return (Number.isNaN(time.getTime()) ? new Date(now) : time).toISOString();
}

function groupsOf(groups: unknown): Record<string, string> {
  if (!isRecord(groups)) return {};
  const texts = Object.entries(groups).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}

/** PostHog takes it without dashes too. */
function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
