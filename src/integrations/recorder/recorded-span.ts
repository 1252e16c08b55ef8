import { randomUUID } from 'node:crypto';
import { abortReasonOf, hasClientLeft } from '../../capture/abort-reason.js';
import type { TracePlace } from '../../capture/record-at.js';
import type { CaptureTarget } from '../../capture/capture-handle.js';
import type { AbortReason, Outcome } from '../../capture/event-details.js';
import { currentFrame } from '../../context/context-storage.js';
import type { AnalyticsContextValues } from '../../context/context-values.js';
import { fillAbsent } from '../../context/fill-values.js';
import type { Frame } from '../../context/frame.js';
import { placeIn } from '../../context/place-in.js';
import type { JsonObject } from '../../event/analytics-event.js';
import { aiId } from '../../event/distinct-id.js';
import { errorType, redactedMessage } from '../../event/redaction.js';
import type { RecorderParts } from './recorder-parts.js';

/** What runs, tools and calls of models have in common when they begin. */
export interface SpanStart {
  /** The framework's own id for it, unique among all frameworks: by it `find` finds it. */
  key?: unknown;
  /** What it is begun by. @default what the current context lies in */
  parent?: RecordedParent | undefined;
  /** The framework's ids; each counts only where the context has none. */
  traceId?: string | undefined;
  sessionId?: string | undefined;
  userId?: string | undefined;
  /** Wall clock of the begin, milliseconds since 1970, where it is told afterwards. @default now */
  time?: number | undefined;
}

/** How it came to its end. Without `outcome` it is told by `error` and `signal`. */
export interface SpanEnd {
  outcome?: Outcome | undefined;
  error?: unknown;
  abortReason?: AbortReason | undefined;
  /** The signal that it was begun with: once it is aborted, an error is its consequence. */
  signal?: AbortSignal | undefined;
}

/** An end whose outcome is decided. */
export interface DecidedEnd {
  readonly outcome: Outcome;
  readonly error: unknown;
  readonly abortReason: AbortReason | undefined;
}

/** A span that others can lie in. */
type RecordedParent = RecordedSpan & { readonly frame: Frame };

/** One node of a trace while it is open. It keeps the person, session and trace that it began with. */
export abstract class RecordedSpan implements TracePlace {
  readonly key: unknown;
  /** Wall clock of the begin, milliseconds since 1970. */
  readonly time: number;
  /** The frame that it is part of. */
  readonly outer: Frame | undefined;
  readonly context: AnalyticsContextValues;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly children = new Set<RecordedSpan>();
  isOver = false;
  protected readonly startedAt: number;
  /** Monotonic milliseconds, where it was over before its end is told. */
  protected endedAt: number | undefined = undefined;
  private readonly parent: RecordedSpan | undefined;

  protected constructor(
    protected readonly parts: RecorderParts,
    start: SpanStart,
    /** Whether it stands for its whole trace where nothing lies around it. */
    canBeTrace: boolean,
  ) {
    const { target } = parts;
    this.time = start.time ?? target.clock.now();
    this.startedAt = target.clock.monotonic();
    this.key = start.key;
    const around = start.parent?.frame ?? currentFrame();
    this.outer = placeIn(around);
    this.parent = start.parent ?? recordedAround(this.outer);
    const { sessionId, userId } = start;
    const values = target.valuesFor(around);
    this.context = fillAbsent(values, { sessionId: sessionId ?? null, userId: userId ?? null });
    this.traceId = values.traceId ?? (start.traceId === undefined ? randomUUID() : aiId(start.traceId));
    this.parentSpanId = values.parentSpanId;
    // PostHog's tree begins at the trace's id: what stands for the trace has it as its own.
    this.spanId = canBeTrace && values.parentSpanId === undefined ? this.traceId : randomUUID();
    const { root } = this;
    if (root !== this) this.parent?.children.add(this);
    else this.outer?.whenClosed(this.outerClosed);
    parts.open.opened(this, root);
  }

  /** The work around it is over, which says nothing of this, except where the client has left. */
  private readonly outerClosed = (): void => {
    if (!this.isOver && hasClientLeft(this.outer)) this.parts.open.clientLeft(this);
  };

  /** The outermost of those around it that are open. */
  get root(): RecordedSpan {
    return this.parent === undefined || this.parent.isOver ? this : this.parent.root;
  }

  /** Whether it is the other, or was begun somewhere beneath it. */
  liesIn(other: RecordedSpan): boolean {
    return this === other || this.parent?.liesIn(other) === true;
  }

  /** Whether a model or a tool is at work in it. */
  get isAtWork(): boolean {
    for (const child of this.children) if (child.isAtWork) return true;
    return false;
  }

  /** It goes on, though nothing of it begins or ends: a piece of an answer has come. */
  showsLife(): void {
    if (!this.isOver) this.parts.open.alive(this.root);
  }

  /** Ends it and what is open beneath it from outside: now, or as over since `at` (monotonic milliseconds). */
  finish(outcome: Outcome, abortReason?: AbortReason, at?: number): void {
    if (this.isOver) return;
    this.endedAt = at;
    this.end({ outcome, abortReason });
  }

  abstract end(end: SpanEnd): void;

  /** Who emits it, for diagnostics. */
  abstract readonly source: string;

  /** Milliseconds from its begin until its end, or until now. */
  get durationMs(): number {
    const end = this.endedAt ?? this.target.clock.monotonic();
    return inMicroseconds(Math.max(0, end - this.startedAt));
  }

  protected get target(): CaptureTarget {
    return this.parts.target;
  }

  /** Whether this is the end; a second one is none. */
  protected close(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.parent?.children.delete(this);
    this.outer?.onClose?.delete(this.outerClosed);
    this.parts.open.closed(this);
    this.parts.open.alive(this.root);
    // What goes on without it must not be forgotten.
    for (const child of this.children) this.parts.open.alive(child, true);
    return true;
  }

  protected decide({ outcome, error, abortReason, signal }: SpanEnd): DecidedEnd {
    if (outcome !== undefined) return { outcome, error, abortReason };
    if (error === undefined) return { outcome: 'success', error, abortReason };
    const reason = abortReason ?? abortReasonOf(error, signal, this.outer);
    return { outcome: reason === undefined ? 'error' : 'aborted', error, abortReason: reason };
  }

  /** What is open beneath one that failed or was stopped has ended with it. */
  protected finishChildren({ outcome, abortReason }: DecidedEnd): void {
    if (outcome !== 'error' && outcome !== 'aborted' && outcome !== 'abandoned') return;
    // What failed around it is not its own failure: it was cut off.
    const childOutcome = outcome === 'error' ? 'aborted' : outcome;
    for (const child of [...this.children]) child.finish(childOutcome, abortReason, this.endedAt);
  }

  /** The measured properties of a product event. */
  protected measured({ outcome, error, abortReason }: DecidedEnd, durationMs: number | null): JsonObject {
    const measured: JsonObject = { outcome, duration_ms: durationMs === null ? null : inMicroseconds(durationMs) };
    if (outcome === 'aborted') measured.abort_reason = abortReason ?? null;
    if (outcome === 'error') {
      measured.error_type = error === undefined ? null : errorType(error);
      if (this.target.captureErrorMessages && error !== undefined) measured.error_message = redactedMessage(error);
    }
    return measured;
  }
}

/** Milliseconds, to the microsecond. */
function inMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** The recorded span that this frame lies in directly, or through decorated calls. */
function recordedAround(frame: Frame | undefined): RecordedSpan | undefined {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call instanceof RecordedSpan) return around.call;
  }
  return undefined;
}
