import type { AnalyticsEvent, JsonObject } from '../../event/analytics-event.js';
import { builtInKinds, builtInName } from '../built-in-name.js';
import type { EventSummary } from '../inbox-api.js';
import { cutText } from '../visible-text.js';
import type { NodeKind } from './conversation-api.js';

const LONGEST_ID = 200;

/** An event with its row. */
export interface SessionEvent {
  readonly row: EventSummary;
  readonly event: AnalyticsEvent;
}

/** An event with its place in a timeline. */
export interface TimelineEvent extends SessionEvent {
  readonly kind: NodeKind;
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly parentId: string | null;
  /** In milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number | null;
}

export function timelineEvent(given: SessionEvent): TimelineEvent {
  const { event } = given;
  const { properties } = event;
  const durationMs = durationOf(event);
  const told = Date.parse(event.timestamp);
  const at = Number.isFinite(told) ? told : 0;
  return {
    ...given,
    kind: kindOf(event),
    traceId: idOf(properties.$ai_trace_id),
    spanId: idOf(properties.$ai_span_id),
    parentId: idOf(properties.$ai_parent_id),
    startMs: isToldAtItsStart(event) ? at : at - (durationMs ?? 0),
    durationMs,
  };
}

function kindOf({ event, properties }: AnalyticsEvent): NodeKind {
  switch (event) {
    case '$ai_generation':
    case '$ai_embedding':
      return 'model';
    case '$ai_trace':
      return 'span';
    case '$ai_span':
      return spanKinds.get(properties.$ai_span_type) ?? 'span';
    case '$ai_metric':
    case '$ai_feedback':
      return 'feedback';
    case '$identify':
      return 'identify';
  }
  const name = builtInName(event);
  return name === undefined ? 'event' : builtInKinds[name];
}

const spanKinds: ReadonlyMap<unknown, NodeKind> = new Map([
  ['tool', 'tool'],
  ['agent', 'run'],
  ['message', 'message'],
]);

/** This library tells a tool, a span and a call of a model with the time of their start; all else, and other SDKs, at the end. */
function isToldAtItsStart({ event, properties }: AnalyticsEvent): boolean {
  if (properties.$lib !== 'nestjs-agent-analytics') return false;
  return event.startsWith('$ai_') || builtInName(event) === 'tool_called';
}

function durationOf({ event, properties }: AnalyticsEvent): number | null {
  if (builtInName(event) === 'tool_decision') return positive(properties.wait_ms);
  return positive(properties.duration_ms) ?? seconds(properties, '$ai_latency');
}

/** A duration in milliseconds of what PostHog has in seconds. */
export function seconds(properties: JsonObject, key: string): number | null {
  const value = positive(properties[key]);
  return value === null ? null : value * 1000;
}

/** A number that can be drawn and summed; `null` where it is none. */
export function positive(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value < 1e12 ? value : null;
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? cutText(value, LONGEST_ID) : null;
}
