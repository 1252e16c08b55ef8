import type { AnalyticsContextValues } from './context-values.js';

/**
 * What the carrier of a frame (a request, a socket) says of the person and the conversation.
 * Asked at each tracked call until it has named a user, because guards run late. Never throws.
 */
export type IdentitySource = () => AnalyticsContextValues | undefined;

/** Counts of the calls beneath a message or run; each call adds to all that enclose it. */
export interface CallTotals {
  toolCalls: number;
  toolErrors: number;
}

/** The transport whose end is the end of a message: an HTTP response, an SSE stream. */
export interface TransportEnd {
  /** Calls `ended` once: when the response has been sent (`completed`) or the consumer left (`closed`). */
  onEnd(ended: (how: 'completed' | 'closed', httpStatus: number | undefined) => void): void;
  /** Sets a response header if the headers have not gone out. */
  setHeader(name: string, value: string): void;
}

/**
 * One entry of the async context: a request, an explicit `run`, or a tracked call.
 *
 * On the hot path: every tracked call makes one. Values are immutable: a call keeps those that it began with, and
 * filling in what was absent replaces the object.
 */
export class Frame {
  /** The totals of the call, where it is a message or a run. */
  totals: CallTotals | undefined = undefined;
  /** The transport's end, on the frame of a handler whose answer it carries. */
  transport: TransportEnd | undefined = undefined;
  /** Called when the frame's own work is over: it ends the lazy results that nobody consumed. */
  onClose: (() => void)[] | undefined = undefined;
  /** A second, different identity that `set` refused; told with the next tracked call. */
  refused: 'userId' | 'sessionId' | undefined = undefined;

  constructor(
    readonly parent: Frame | undefined,
    public values: AnalyticsContextValues,
    /** The capture handle of the application that the work runs in, if known. Opaque on this floor. */
    readonly handle: object | undefined,
    /** `undefined` once it has named a user. */
    public identity: IdentitySource | undefined,
  ) {}
}
