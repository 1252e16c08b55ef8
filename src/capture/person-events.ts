import { currentFrame } from '../context/context-storage.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { JsonObject } from '../event/analytics-event.js';
import { anonymousIdOf, readSessionId, readUserId } from '../event/distinct-id.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import type { EventCapture } from './event-capture.js';
import type { Id } from './event-details.js';

/** What `identify()` takes. */
export interface IdentifyDetails {
  userId: Id;
  /** The chat session whose anonymous person becomes this user. @default the context's */
  sessionId?: Id | null | undefined;
  /** Properties of the person. */
  set?: Readonly<Record<string, unknown>> | undefined;
  /** Properties of the person that stay as they were first set. */
  setOnce?: Readonly<Record<string, unknown>> | undefined;
}

/** What `alias()` takes. */
export interface AliasDetails {
  userId: Id;
  /** The other id of the same person. */
  alias: Id;
}

/** What `group()` takes. */
export interface GroupDetails {
  type: string;
  key: Id;
  /** Properties of the group. */
  properties?: Readonly<Record<string, unknown>> | undefined;
}

/** PostHog's `$identify`: the user's properties, joined with the anonymous person of the session where there is one. */
export function recordIdentify(capture: EventCapture, details: IdentifyDetails): void {
  const userId = usableId(capture, 'identify', details.userId);
  if (userId === undefined) return;
  const context = capture.valuesFor(currentFrame());
  const sessionId = readSessionId(details.sessionId ?? context.sessionId);
  const anonymous = context.anonymousId ?? (sessionId === null ? undefined : anonymousIdOf(sessionId));
  capture.record({
    ...plain(capture, '$identify', userId),
    properties: {
      $set: copyProperties(details.set),
      $set_once: copyProperties(details.setOnce),
      ...(anonymous !== undefined && { $anon_distinct_id: anonymous }),
    },
    context,
  });
}

/** PostHog's `$create_alias`: two ids of one person. */
export function recordAlias(capture: EventCapture, details: AliasDetails): void {
  const userId = usableId(capture, 'alias', details.userId);
  const alias = usableId(capture, 'alias', details.alias);
  if (userId === undefined || alias === undefined) return;
  capture.record({
    ...plain(capture, '$create_alias', userId),
    properties: { distinct_id: userId, alias },
    context: capture.valuesFor(currentFrame()),
  });
}

/** PostHog's `$groupidentify`: the properties of a group. */
export function recordGroup(capture: EventCapture, details: GroupDetails): void {
  const key = usableId(capture, 'group', details.key);
  const type = usableId(capture, 'group', details.type);
  if (key === undefined || type === undefined) return;
  const properties: JsonObject = {
    $group_type: type,
    $group_key: key,
    $group_set: copyProperties(details.properties),
  };
  capture.record({
    ...plain(capture, '$groupidentify', `$${type}_${key}`),
    properties,
    context: capture.valuesFor(currentFrame()),
  });
}

/** An id that PostHog would refuse, or that is none, would merge strangers: nothing is sent for it. */
function usableId(capture: EventCapture, method: string, id: unknown): string | undefined {
  const read = readUserId(id);
  if (read.id === undefined) capture.reporter.warnOnce(messages.unusableId(method), method);
  return read.id;
}

function plain(capture: EventCapture, event: string, distinctId: string): Omit<EventRecord, 'properties' | 'context'> {
  return { event, time: capture.clock.now(), kind: 'plain', distinctId };
}
