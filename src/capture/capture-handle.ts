import type { AnalyticsContextValues } from '../context/context-values.js';
import type { Frame } from '../context/frame.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { RefusalReason, RefusedCall } from '../delivery/delivery.js';
import type { EventNames } from '../event/built-in-events.js';
import type { Clock } from '../event/clock.js';
import type { Reporter } from '../event/reporter.js';
import type { AiEvents } from './ai-events.js';
import type { OpenCalls } from './open-calls.js';

/** The token of the handle; `Symbol.for`, so that two loaded copies of the library meet. */
export const CAPTURE_HANDLE = Symbol.for('nestjs-agent-analytics:capture-handle');
const BRAND = Symbol.for('nestjs-agent-analytics:capture-handle-brand');

/**
 * The way from a tracked method to its application's analytics.
 *
 * A provider without dependencies, so that it can be injected anywhere without a cycle. The module fills `target`
 * when the service exists and empties it at close; a call that finds it empty runs untracked.
 */
export class CaptureHandle {
  readonly [BRAND] = true;
  /** Brings analytics up when a call comes before the bootstrap has: in a constructor, in a unit test without `init()`. */
  starter: (() => void) | undefined;
  private current: CaptureTarget | undefined;

  get target(): CaptureTarget | undefined {
    if (this.current === undefined && this.starter !== undefined) this.starter();
    return this.current;
  }

  set target(target: CaptureTarget | undefined) {
    this.current = target;
  }
}

/** Tells a handle from whatever else an auto-mocking test puts into the slot. */
export function isCaptureHandle(value: unknown): value is CaptureHandle {
  return typeof value === 'object' && value !== null && (value as Partial<CaptureHandle>)[BRAND] === true;
}

/** What a tracked call needs of its application. Nothing here throws. */
export interface CaptureTarget {
  readonly names: EventNames;
  readonly captureNames: boolean;
  readonly captureErrorMessages: boolean;
  /** Whether messages set the response header `x-analytics-trace-id`. */
  readonly exposeTraceId: boolean;
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** The calls in flight. */
  readonly openCalls: OpenCalls;
  /** PostHog's AI events. */
  readonly ai: AiEvents;
  /** The values that a call begun in this frame has: asks the request for its person where that is still open. */
  valuesFor(frame: Frame | undefined): AnalyticsContextValues;
  /** Accepts a record, or refuses it and counts why (no consent, sampled out, closed, full). */
  record(record: EventRecord): void;
  refuse(reason: RefusalReason, about?: RefusedCall): void;
}
