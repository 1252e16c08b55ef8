import type { AnalyticsEvent, JsonObject } from '../event/analytics-event.js';
import { builtInKinds, builtInName } from './built-in-name.js';
import type { DeliveryState, EventKind, EventSummary, StateChange } from './inbox-api.js';
import { sessionKey } from './session-key.js';
import type { StoredEvent } from './stored-event.js';
import type { VerdictSettings } from './verdicts/verdict-settings.js';
import { cutText } from './visible-text.js';

const LONGEST_TEXT = 200;

/** The row of an event in the feed. */
export function summarise(
  stored: StoredEvent,
  event: AnalyticsEvent,
  level: EventSummary['level'],
  settings: VerdictSettings,
): EventSummary {
  const { properties } = event;
  const kind = kindOf(event.event);
  return {
    seq: stored.seq,
    at: event.timestamp,
    event: cutText(event.event, LONGEST_TEXT),
    person: cutText(event.distinctId, LONGEST_TEXT),
    isAnonymous: properties.is_anonymous === true || properties.$process_person_profile === false,
    session: sessionKey(properties.session_id),
    outcome: textOf(properties.outcome),
    durationMs: durationOf(properties),
    gist: gistOf(event),
    kind,
    tool: kind === 'tool' ? textOf(properties.tool_name) : null,
    source: stored.source === null ? null : cutText(stored.source, LONGEST_TEXT),
    state: stateOf(stored, settings),
    reason: stored.reason,
    level,
  };
}

/** Without a key, what waits is not sent at all, and "delivered" means to the taps. */
export function stateOf({ fate }: StoredEvent, { hasKey }: VerdictSettings): DeliveryState {
  return !hasKey && (fate === 'pending' || fate === 'delivered') ? 'local' : fate;
}

export function stateChange(stored: StoredEvent, settings: VerdictSettings): StateChange {
  return [stored.seq, stateOf(stored, settings), stored.reason];
}

/** Of the messages only the user's: an answer is none of its own. */
function kindOf(event: string): EventKind | null {
  const name = builtInName(event);
  if (name === undefined) return null;
  const kind = builtInKinds[name];
  if (kind === 'tool' || kind === 'run') return kind;
  return name === 'message_sent' ? 'message' : null;
}

const tellingProperties = [
  'tool_name',
  '$ai_span_name',
  '$ai_model',
  'graph_name',
  'graph_id',
  'schedule_name',
  'trigger_type',
  'rating',
  'reason',
  'decision',
  'failure_reason',
  'error_type',
  '$ai_metric_value',
  '$group_key',
  '$anon_distinct_id',
];

function gistOf({ properties }: AnalyticsEvent): string {
  for (const key of tellingProperties) {
    const text = textOf(properties[key]);
    if (text !== null) return text;
  }
  const { message_length: length } = properties;
  if (typeof length === 'number') return length === 1 ? '1 character' : `${length} characters`;
  return firstOwnProperty(properties);
}

/** An application's own event: its first short property says most. */
function firstOwnProperty(properties: JsonObject): string {
  for (const key of Object.keys(properties)) {
    if (key.startsWith('$') || key.startsWith('group_') || notTelling.has(key)) continue;
    const value = properties[key];
    if (value === null || typeof value === 'object') continue;
    return cutText(`${key}: ${String(value)}`, 80);
  }
  return '';
}

const notTelling: ReadonlySet<string> = new Set([
  ...['session_id', 'is_anonymous', 'environment', 'source', 'outcome', 'duration_ms', 'trigger', 'surface'],
  ...['time_to_first_chunk_ms', 'chunk_count', 'tool_calls', 'tool_errors'],
]);

function durationOf(properties: JsonObject): number | null {
  const { duration_ms: duration, $ai_latency: latency } = properties;
  if (typeof duration === 'number') return duration;
  return typeof latency === 'number' ? latency * 1000 : null;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return cutText(value, LONGEST_TEXT);
  return typeof value === 'number' ? String(value) : null;
}
