import { randomUUID } from 'node:crypto';
import type { AnalyticsEvent, JsonObject } from '../event/analytics-event.js';
import { builtInEvents, eventNames, type BuiltInEvent } from '../event/built-in-events.js';
import type { Catalog } from '../event/catalog.js';
import { systemClock, type Clock } from '../event/clock.js';
import { readSessionId, resolvePerson, type Person } from '../event/distinct-id.js';
import { eventJson, fitEvent } from '../event/fit-event.js';
import { createIsoTime } from '../event/iso-time.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import { isUuid, uuidV5, uuidV7 } from '../event/uuid.js';
import { applyBeforeSend, mostEventValues } from './apply-before-send.js';
import type { DropReason } from './delivery.js';
import { eventGroups, eventProperties, libraryProperties, readGroups } from './event-properties.js';
import type { EventRecord } from './event-record.js';

/** An event ready to store and send: decided, mended, serialised once. */
export interface PreparedEvent {
  readonly event: AnalyticsEvent;
  /** The element of PostHog's batch; the same bytes on every attempt. */
  readonly json: string;
  /** Length of `json` in UTF-8. */
  readonly bytes: number;
  /** `ai`: too large for the batch endpoint, goes to the AI endpoint. */
  readonly lane: 'batch' | 'ai';
  /** `Class.method` that emitted it; for diagnostics, not for PostHog. */
  readonly source: string | undefined;
}

/** The settings that decide what goes onto the wire. */
export interface WireSettings {
  readonly environment: string;
  readonly source: string;
  readonly anonymousEvents: 'personless' | 'profile' | 'drop';
  readonly eventPrefix: string;
  readonly beforeSend?: ((event: AnalyticsEvent) => AnalyticsEvent | null) | undefined;
  /** `false`: graph_name and schedule_name go out as `null`. */
  readonly captureNames: boolean;
  /** The application's own events beside the built-in ones. */
  readonly catalog?: Catalog | undefined;
  /** Whether events are checked against the catalog, with one warning for each kind of violation. */
  readonly checkCatalog: boolean;
}

/**
 * Makes the function by which the drain turns a record into an event, or into the reason why it is dropped.
 * That function never throws.
 */
export function createPreparer(
  settings: WireSettings,
  reporter: Reporter,
  clock: Clock = systemClock,
): (record: EventRecord) => PreparedEvent | DropReason {
  const preparer = new Preparer(settings, reporter, clock);
  return (record) => {
    try {
      return preparer.prepare(record);
    } catch {
      return 'unserialisable';
    }
  };
}

const withheldNames = ['graph_name', 'schedule_name'];
/** The years 1970 to 9999: what every reader of ISO 8601 takes. */
const latestTime = Date.UTC(9999, 11, 31);

class Preparer {
  private readonly declared: ReadonlyMap<string, readonly string[]>;
  private readonly messageSent: string;
  private readonly isoTime = createIsoTime();

  constructor(
    private readonly settings: WireSettings,
    private readonly reporter: Reporter,
    private readonly clock: Clock,
  ) {
    const names = eventNames(settings.eventPrefix);
    this.messageSent = names.message_sent;
    this.declared = new Map(Object.entries(names).map(([own, name]) => [name, builtInEvents[own as BuiltInEvent]]));
  }

  prepare(record: EventRecord): PreparedEvent | DropReason {
    if (!hasText(record.event)) {
      const where = record.source ?? 'AnalyticsService.capture()';
      this.reporter.warnOnce(messages.emptyName(where), where);
      return 'empty_name';
    }
    const decided = record.kind === 'plain' ? this.plainEvent(record) : this.event(record);
    if (typeof decided === 'string') return decided;

    const { beforeSend } = this.settings;
    const event = beforeSend ? applyBeforeSend(beforeSend, decided, this.reporter) : decided;
    if (event === null) return 'before_send';
    return hasText(event.event) ? serialise(event, record.source) : 'empty_name';
  }

  /** A record that is already an event of PostHog's shape: it keeps its person, and its own values win. */
  private plainEvent(record: EventRecord): AnalyticsEvent {
    const distinctId = hasText(record.distinctId) ? record.distinctId.toWellFormed() : randomUUID();
    const properties = { ...libraryProperties, ...record.properties };
    return this.stamp(record, distinctId, properties, readGroups(record.groups ?? record.properties.$groups));
  }

  private event(record: EventRecord): AnalyticsEvent | DropReason {
    const { context } = record;
    const sessionId = readSessionId(record.sessionId === undefined ? context.sessionId : record.sessionId);
    const userId = record.userId === undefined ? context.userId : record.userId;
    const person = resolvePerson(userId, context.anonymousId, sessionId, record.dedupKey);
    if (person.trouble !== undefined) this.warnOfUserId(person, userId, record);

    const isAnonymous = person.kind !== 'user';
    const { environment, source, anonymousEvents } = this.settings;
    if (isAnonymous && anonymousEvents === 'drop') return 'anonymous';
    const groups = eventGroups(context, record.groups);
    const isPersonless = isAnonymous && this.isPersonless(person, groups);
    const properties = eventProperties(
      record,
      { environment, source, isAnonymous, isPersonless, sessionId, groups },
      (lost) => this.reporter.warnOnce(messages.reservedProperty(record.event, lost), `${record.event}.${lost}`),
    );
    this.fillDeclared(record, properties);
    if (this.settings.checkCatalog) this.checkCatalog(record);
    return this.stamp(record, person.distinctId, properties, groups);
  }

  /** PostHog discards the groups of a personless event, so one with groups is sent with a profile. */
  private isPersonless(person: Person, groups: Readonly<Record<string, string>>): boolean {
    for (const _type in groups) return false;
    return person.kind === 'random' || this.settings.anonymousEvents === 'personless';
  }

  private stamp(
    record: EventRecord,
    distinctId: string,
    properties: JsonObject,
    groups: AnalyticsEvent['groups'],
  ): AnalyticsEvent {
    const { time, uuid, dedupKey } = record;
    const moment = time >= 0 && time <= latestTime ? time : this.clock.now();
    const event = record.event.toWellFormed();
    const given = isUuid(uuid) ? uuid : undefined;
    const made = given ?? (dedupKey === undefined ? uuidV7(moment) : uuidV5(`${event}\n${dedupKey}`));
    return { uuid: made, event, distinctId, timestamp: this.isoTime(moment), properties, groups };
  }

  /** A declared property always stands on its event, and a name that is withheld is `null`. */
  private fillDeclared(record: EventRecord, properties: JsonObject): void {
    const { newId } = record;
    if (newId !== undefined) properties[newId] ??= randomUUID();
    const declared = this.declared.get(record.event);
    if (declared !== undefined) {
      for (const key of declared) if (properties[key] === undefined) properties[key] = null;
    }
    if (!this.settings.captureNames) {
      for (const key of withheldNames) if (properties[key] !== undefined) properties[key] = null;
    }
    if (record.event === this.messageSent && properties.message_length === null) {
      const where = record.source ?? record.event;
      this.reporter.warnOnce(messages.unknownMessageLength(where), where);
    }
  }

  private warnOfUserId({ trouble }: Person, userId: unknown, record: EventRecord): void {
    const where = record.source ?? record.event;
    if (trouble === 'refused') {
      const id = String(userId);
      this.reporter.warnOnce(messages.refusedUserId(id), id);
    } else if (trouble === 'too_long') {
      this.reporter.warnOnce(messages.longUserId(where));
    } else {
      this.reporter.warnOnce(messages.userIdType(where, typeof userId), where);
    }
  }

  private checkCatalog({ event, properties }: EventRecord): void {
    for (const violation of this.settings.catalog?.check(event, properties, this.settings.eventPrefix) ?? []) {
      this.reporter.warnOnce(messages.catalogViolation(event, violation), `${event}: ${violation}`);
    }
  }
}

/** The escape itself: behind an even number of backslashes, as an escaped one may stand before a `ud` of the text. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

function serialise(decided: AnalyticsEvent, source: string | undefined): PreparedEvent | DropReason {
  let event = decided;
  let json = eventJson(event);
  // JSON.stringify writes a lone surrogate, and nothing else, as this escape: the last guard of the batch.
  if (json.includes('\\ud') && loneSurrogate.test(json)) {
    event = { ...event, properties: copyProperties(event.properties, mostEventValues) };
    json = eventJson(event);
  }
  const fitted = fitEvent(event, json);
  if (fitted === undefined) return 'too_large';
  return { event: fitted.event, json: fitted.json, bytes: fitted.bytes, lane: fitted.lane, source };
}

function hasText(text: unknown): text is string {
  return typeof text === 'string' && text.trim() !== '';
}
