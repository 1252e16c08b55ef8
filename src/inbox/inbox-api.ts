/**
 * What the inbox's server and its page say to each other. Types only: the page imports them too.
 */

/** Where an event stands. `local`: there is no key, so it is shown here and sent nowhere. */
export type DeliveryState = 'pending' | 'delivered' | 'held' | 'dropped' | 'local';

/** One row of the feed. Texts are cut: the event itself is asked for by its `seq`. */
export interface EventSummary {
  /** Ascending, in the order of arrival; unique for one run of the server (its `boot`). */
  readonly seq: number;
  /** The event's own timestamp, ISO 8601. */
  readonly at: string;
  readonly event: string;
  /** The distinct id. */
  readonly person: string;
  readonly isAnonymous: boolean;
  /** Its id; of a very long one what stands for it wherever a session is asked for. */
  readonly session: string | null;
  readonly outcome: string | null;
  readonly durationMs: number | null;
  /** What tells this event from others of its name: the tool, the graph, the model. */
  readonly gist: string;
  /** Which part of a conversation it is; `null` where it is none of these. */
  readonly kind: EventKind | null;
  /** The tool, where it is a tool's call. */
  readonly tool: string | null;
  /** `Class.method` that emitted it, where known. */
  readonly source: string | null;
  readonly state: DeliveryState;
  readonly reason: string | null;
  /** The worst of its verdicts, delivery left aside. */
  readonly level: VerdictLevel;
}

/** A user's message, a tool's call, or an agent's run, however it ended. */
export type EventKind = 'message' | 'tool' | 'run';

/** `good`: as it should be; `note`: good to know; `warn`: probably not meant; `bad`: something is lost. */
export type VerdictLevel = 'good' | 'note' | 'warn' | 'bad';

export type VerdictTopic =
  'delivery' | 'person' | 'billing' | 'groups' | 'trace' | 'replay' | 'properties' | 'catalog' | 'duplicate' | 'origin';

/** One thing that PostHog does with an event, in words. */
export interface Verdict {
  readonly topic: VerdictTopic;
  readonly level: VerdictLevel;
  /** A few words. */
  readonly title: string;
  /** One or two whole sentences. */
  readonly text: string;
  /** Names that belong to it: groups, properties that were cut. */
  readonly items?: readonly string[];
}

/** `GET api/events?limit=&before=`: newest first. */
export interface EventPage {
  /** Names this run of the server: another one has its own numbers. */
  readonly boot: string;
  /** Where the stream goes on: pass `after=<boot>.<version>`. */
  readonly version: number;
  /** How many events the server holds at most. */
  readonly capacity: number;
  readonly total: number;
  readonly rows: readonly EventSummary[];
  /** Whether there are older ones. */
  readonly hasMore: boolean;
}

/**
 * `GET api/events?event=&person=&session=&outcome=&text=&wait=5s&after=&limit=`, for programs: whole events, newest
 * first. With `after=<boot>.<version>` those that came after it, oldest first. With `wait` (at most 60 s) the answer
 * comes as soon as there is an event that matches, and without one when the time is over. `wire=true` asks for whole
 * events where nothing else does.
 */
export interface FoundEvents extends EventPage {
  /** `version` is the place to go on: pass it as `after`. `total` counts all that match. */
  readonly rows: readonly FoundEvent[];
}

export interface FoundEvent extends EventSummary {
  /** As `EventDetail.wire`. */
  readonly wire: unknown;
}

/** `GET api/conversations/<session>`: the events of one session, in the order in which they happened. */
export interface SessionEvents {
  readonly session: string;
  readonly rows: readonly FoundEvent[];
  /** Whether there are more than one answer holds; these are the first. */
  readonly hasMore: boolean;
}

/** `GET api/events/<seq>` */
export interface EventDetail {
  readonly summary: EventSummary;
  readonly verdicts: readonly Verdict[];
  /** The element of PostHog's batch, as sent; `null` where the event was dropped before it was made. */
  readonly wire: unknown;
  /** Length of the event in UTF-8. */
  readonly bytes: number;
}

/** `GET api/events/<seq>/copy/<format>`: plain text. */
export type CopyFormat = 'json' | 'curl' | 'test';

/** `GET api/search?…`: the `seq` of what matches, ascending. */
export interface SearchAnswer {
  readonly boot: string;
  /** All up to this one were looked at. */
  readonly through: number;
  readonly found: readonly number[];
}

/** One message of the stream `GET api/stream?after=<boot>.<version>`. */
export interface FeedChange {
  readonly boot: string;
  /** New rows, oldest first. */
  readonly rows: readonly EventSummary[];
  /** Older rows that stand otherwise now. */
  readonly states: readonly StateChange[];
  /** Events before this one are gone from the server. */
  readonly oldest: number;
  /** Whether events came and went while this client did not read. */
  readonly hasGap: boolean;
  /** All up to this one were cleared away by hand; 0 where none were. */
  readonly clearedThrough: number;
}

export type StateChange = readonly [seq: number, state: DeliveryState, reason: string | null];
