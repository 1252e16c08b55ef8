/** What JSON can carry. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * One event as it goes out: what a sink, `beforeSend` and `onDrop` receive.
 *
 * Everything in it is fixed: the person is decided, values are plain JSON, nothing refers to the caller's objects.
 */
export interface AnalyticsEvent {
  /** UUID v7 made of the time of capture, or v5 where the caller gave a `dedupKey`. The same over every attempt. */
  readonly uuid: string;
  /** The name as it stands at PostHog, prefix included. */
  readonly event: string;
  /** The person: a user id, `anonymous_<session>`, or a random id where nothing is known. */
  readonly distinctId: string;
  /** When it happened, ISO 8601 with milliseconds, UTC. */
  readonly timestamp: string;
  readonly properties: JsonObject;
  /** The groups of the event, also in `properties.$groups`. Empty where there are none. */
  readonly groups: Readonly<Record<string, string>>;
}
