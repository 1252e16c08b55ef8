import type { CallEnd } from './call-end.js';
import type { TrackedCall } from './tracked-call.js';

/**
 * What a call is taken for. A message or run begins a trace where there is none, and counts the tools beneath it; a
 * message ends with the response that carries its result.
 */
export type TrackingKind = 'message' | 'run' | 'tool' | 'generation' | 'other';

/** What one decorator wants of each call of a method. */
export interface Tracking {
  /** Tells decorators of one method apart; the same one twice is refused. */
  readonly id: string;
  /** The decorator's name, for messages and lists. */
  readonly decorator: string;
  readonly options: TrackingOptions;
  /** A class's decorator does not count what its methods call on the same instance. */
  readonly fromClass: boolean;
  readonly kind: TrackingKind;
  /** The name under which a tool's calls are told. */
  readonly toolName?: string | undefined;
  /** Before the body runs. */
  started?(call: TrackedCall): void;
  /** Each chunk of a result that streams. */
  chunk?(call: TrackedCall, chunk: unknown): void;
  /** Once, when the call is over. */
  ended?(call: TrackedCall, end: CallEnd): void;
}

type Callback = (call: never) => unknown;

/** The options of all decorators, as the machinery sees them: their types were checked where they were written. */
export interface TrackingOptions {
  readonly properties?: Callback | undefined;
  readonly errorProperties?: Callback | undefined;
  readonly outcome?: Callback | undefined;
  readonly userId?: Callback | undefined;
  readonly sessionId?: Callback | undefined;
  readonly dedupKey?: Callback | undefined;
  readonly when?: Callback | undefined;
  readonly message?: Callback | undefined;
  readonly generation?: Callback | undefined;
  readonly emit?: 'start' | undefined;
}
