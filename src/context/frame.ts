import type { AnalyticsContextValues } from './context-values.js';

/**
 * What the carrier of a frame (a request, a socket) says of the person and the conversation: `sessionId: null` where it
 * has one that is not this user's (`userId`, where the frame knows it already).
 * Asked at each tracked call until there is a user, because guards run late. Never throws.
 */
export type IdentitySource = (userId?: string | null) => AnalyticsContextValues | undefined;

/** Counts of the calls beneath a message or run; each call adds to all that enclose it. */
export interface CallTotals {
  toolCalls: number;
  toolErrors: number;
  /** What calls of models came to, once there was one. */
  models?: ModelTotals | undefined;
}

export interface ModelTotals {
  generations: number;
  /** The model of the last call. */
  model: string | null;
  /** `null` where no provider reports them. */
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number | null;
  /** Whether the last agent run beneath waits for a human. */
  interrupted: boolean;
}

/** What is recorded of a frame's own work, so that nobody inside it records the same again. */
export interface FrameCall {
  readonly tracksMessage: boolean;
  readonly tracksRun: boolean;
  readonly tracksTool: boolean;
  readonly isOver: boolean;
  /** Whether it is taken for a call of a model itself, which one told inside may be. */
  readonly tracksGeneration?: boolean;
  /** Why its consumer is gone before the end, where it is known to be. */
  readonly leftBy?: 'client_closed' | 'shutdown' | undefined;
  /** What was told inside of it, where it tracks a call of a model. */
  generationTold?: boolean;
  embeddingTold?: boolean;
}

/** Where the answer goes: an HTTP response, whose end is the end of a message, or a socket. */
export interface TransportEnd {
  /**
   * Calls `ended` once: when the response has been sent (`completed`) or the consumer left (`closed`). With an error,
   * it is the application that closed it. A socket has none: it outlives the message.
   */
  onEnd?(ended: (how: 'completed' | 'closed', httpStatus: number | undefined, error?: Error | null) => void): void;
  /** Calls `over` once, when nothing more of it comes. @default as `onEnd` says */
  onOver?(over: () => void): void;
  /** Sets a response header if the headers have not gone out. */
  setHeader?(name: string, value: string): void;
  /** Whether the consumer has left before the end. */
  hasClosed?(): boolean;
  /** Calls `wrote` with each chunk that the application writes by itself: not with an answer sent in one piece. */
  onWrite?(wrote: () => void): void;
}

/**
 * One entry of the async context: a request, an explicit `run`, or a tracked call.
 *
 * On the hot path: every tracked call makes one. Values are immutable: a call keeps those that it began with, and
 * filling in what was absent replaces the object.
 */
export class Frame {
  /** How many frames it lies in. */
  readonly depth: number;
  /** The totals of the call, where it is a message or a run. */
  totals: CallTotals | undefined = undefined;
  /** The transport's end, on the frame of a handler whose answer it carries, and of a request. */
  transport: TransportEnd | undefined = undefined;
  /** The tracked call, run or tool that this frame belongs to, where it is one's. */
  call: FrameCall | undefined = undefined;
  /** What `close` calls: each ends a lazy result that nobody has consumed so far. */
  onClose: Set<() => void> | undefined = undefined;
  /** A second, different identity that `set` refused; told with the next tracked call. */
  refused: 'userId' | 'sessionId' | undefined = undefined;
  /** The session that its carrier had when no user was known for whom it could be refused. */
  claim: string | undefined = undefined;

  constructor(
    /** What its work is part of; none where that is somebody else's. */
    readonly parent: Frame | undefined,
    public values: AnalyticsContextValues,
    /** The capture handle of the application that the work runs in, if known. Opaque on this floor. */
    readonly handle: object | undefined,
    /** `undefined` once there is a user. */
    public identity: IdentitySource | undefined,
  ) {
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    if (identity !== undefined) this.claim = parent?.claim;
  }

  /**
   * Calls `end` once, with the frame's own work or with its transport; `onClose.delete(end)` takes it back. Never where
   * the transport is over by then: what begins so late has an end of its own alone.
   */
  whenClosed(end: () => void): void {
    if (this.onClose === undefined) this.awaitClose();
    this.onClose?.add(end);
  }

  /** Call it when the frame's own work is over: lazy results that were begun in it and never consumed end now. */
  close(): void {
    const waiting = this.onClose;
    this.onClose = undefined;
    if (waiting !== undefined) for (const end of waiting) end();
  }

  private awaitClose(): void {
    this.onClose = new Set();
    const { transport } = this;
    if (transport?.onOver !== undefined) transport.onOver(() => this.close());
    else transport?.onEnd?.(() => this.close());
  }
}
