import type { AnalyticsContextValues } from './context-values.js';

/** What the carrier of a frame (a request, a socket) says of the person, asked until it names a user. */
export type IdentitySource = () => AnalyticsContextValues | undefined;

/** Counts of the calls beneath a message or run; each call adds to all that enclose it. */
export interface CallTotals {
  toolCalls: number;
  toolErrors: number;
}

/** The transport whose end is the end of a message: HTTP's response, an SSE stream. */
export interface TransportEnd {
  /** Calls `ended` once, when the response has been sent (`completed`) or the consumer left (`closed`). */
  onEnd(ended: (how: 'completed' | 'closed', httpStatus: number | undefined) => void): void;
  /** Sets a response header if the headers have not gone out. */
  setHeader(name: string, value: string): void;
}

/**
 * One entry of the async context: a request, an explicit `run`, or a tracked call.
 *
 * On the hot path: a tracked call makes one of these. A call's values are those that it began with;
 * `set` replaces `values` by a new object, never writes into it.
 */
export class Frame {
  /** The totals of this call, where it is a message or run. */
  totals: CallTotals | undefined;
  /** Aborts the message that this frame carries, if it can be told: set by the request frame. */
  transport: TransportEnd | undefined;
  /** What to call when the frame's own work is over: lazy results that nobody consumed. */
  onClose: (() => void)[] | undefined;

  constructor(
    readonly parent: Frame | undefined,
    public values: AnalyticsContextValues,
    /** The capture handle of the application that the work runs in, if known. Opaque on this floor. */
    readonly handle: object | undefined,
    /** Asked for the person at the first tracked call; `undefined` once it has named a user. */
    public identity: IdentitySource | undefined,
  ) {}
}
