import type { AnalyticsContextValues } from '../context/context-values.js';
import { currentFrame } from '../context/context-storage.js';
import { valuesOf } from '../context/fill-values.js';
import type { Frame } from '../context/frame.js';
import type { Delivery, RefusalReason, RefusedCall } from '../delivery/delivery.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { JsonObject } from '../event/analytics-event.js';
import { eventNames, type EventNames } from '../event/built-in-events.js';
import type { Clock } from '../event/clock.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import { AiEvents, type AiSettings } from './ai-events.js';
import type { CaptureTarget } from './capture-handle.js';
import type { EventDetails } from './event-details.js';
import { OpenCalls } from './open-calls.js';
import { isSampled } from './sampling.js';

export interface CaptureSettings extends AiSettings {
  readonly eventPrefix: string;
  readonly environment: string;
  readonly captureNames: boolean;
  readonly exposeTraceId: boolean;
  /** 0 to 1, decided per session. */
  readonly sampleRate: number;
}

/** Takes what was tracked on to delivery: with its context, copied, or refused and counted. */
export class EventCapture implements CaptureTarget {
  readonly names: EventNames;
  readonly captureNames: boolean;
  readonly captureErrorMessages: boolean;
  readonly exposeTraceId: boolean;
  readonly openCalls: OpenCalls;
  readonly ai: AiEvents;

  constructor(
    readonly settings: CaptureSettings,
    readonly delivery: Delivery,
    readonly clock: Clock,
    readonly reporter: Reporter,
  ) {
    this.names = eventNames(settings.eventPrefix);
    this.captureNames = settings.captureNames;
    this.captureErrorMessages = settings.captureErrorMessages;
    this.exposeTraceId = settings.exposeTraceId;
    this.openCalls = new OpenCalls(clock);
    this.ai = new AiEvents(settings, (record) => this.record(record));
  }

  valuesFor(frame: Frame | undefined): AnalyticsContextValues {
    if (frame === undefined) return NO_VALUES;
    if (frame.refused !== undefined) {
      this.reporter.warnOnce(messages.secondIdentity(frame.refused));
      frame.refused = undefined;
    }
    return valuesOf(frame);
  }

  record(record: EventRecord): void {
    if (record.context.track === false) return this.refuse('no_consent', record);
    if (!this.isKept(record)) return this.refuse('sampled', record);
    this.delivery.record(record);
  }

  refuse(reason: RefusalReason, about?: RefusedCall): void {
    this.delivery.refuse(reason, about);
  }

  /** identify, alias and group are never sampled out: they belong to no session, and kept events depend on them. */
  private isKept({ kind, sessionId, context }: EventRecord): boolean {
    const { sampleRate } = this.settings;
    return sampleRate >= 1 || kind === 'plain' || isSampled(sessionId ?? context.sessionId, sampleRate);
  }

  /**
   * Records a moment that the application tells by hand; `declared` wins over the caller's properties.
   * It belongs to the trace of the context, unless another is named.
   */
  moment(event: string, details: EventDetails, declared: JsonObject, traceId?: string): void {
    const context = this.valuesFor(currentFrame());
    const isOwnTrace = traceId === undefined || traceId === context.traceId;
    this.record({
      event,
      time: timeOf(details.timestamp, this.clock),
      properties: copyProperties(details.properties),
      measured: declared,
      context,
      userId: details.userId ?? undefined,
      sessionId: details.sessionId ?? undefined,
      groups: details.groups && { ...details.groups },
      traceId: traceId ?? context.traceId,
      parentSpanId: isOwnTrace ? context.parentSpanId : undefined,
      dedupKey: details.dedupKey,
    });
  }
}

/** Milliseconds since 1970 of what a caller passed as a time; now for what is none. */
export function timeOf(time: Date | string | number | undefined, clock: Clock): number {
  const ms = time === undefined ? NaN : new Date(time).getTime();
  return Number.isNaN(ms) ? clock.now() : ms;
}

const NO_VALUES: AnalyticsContextValues = Object.freeze({});
