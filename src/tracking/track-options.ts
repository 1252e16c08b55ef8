import type { AbortReason, Id, Outcome } from '../capture/event-details.js';
import type { AnalyticsContextValues } from '../context/context-values.js';

/** Any method that can be tracked. */
export type TrackableMethod = (...args: never[]) => unknown;

/** What a callback is told of a call. */
export interface TrackCall<M extends TrackableMethod = TrackableMethod> {
  readonly args: ArgsOf<M>;
  /**
   * What the method returned: awaited for a promise, the last value of an Observable, a generator's return value,
   * otherwise the thing itself. `undefined` before the body has run and where it threw.
   */
  readonly result: ResultOf<ReturnType<M>> | undefined;
  /** What was thrown, if something was. */
  readonly error: unknown;
  /** Who and what the call is for, as it was when the call began. */
  readonly context: AnalyticsContextValues;
  /** What the method was called on. */
  readonly instance: unknown;
  /** How the call ended; `undefined` before the body has run. */
  readonly outcome: Outcome | undefined;
  /** Why it was aborted, if it was. */
  readonly abortReason: AbortReason | undefined;
}

/** A call that has returned. */
export interface ReturnedCall<M extends TrackableMethod = TrackableMethod> extends TrackCall<M> {
  readonly result: ResultOf<ReturnType<M>>;
}

/** What `properties` callbacks return. A promise does not compile: callbacks are synchronous. */
export type PropertyBag = object & { readonly then?: never };

/** Options that all tracking decorators have in common. */
export interface TrackCallOptions<M extends TrackableMethod = TrackableMethod> {
  /** Further properties of an event whose outcome is neither `success` nor `queued`. */
  errorProperties?: ((call: TrackCall<M>) => PropertyBag | undefined) | undefined;
  /**
   * How a call that returned has ended, for methods that return their errors or only queue their work. Not asked where
   * the method threw. `undefined`: as without it.
   */
  outcome?: ((call: ReturnedCall<M>) => Outcome | undefined) | undefined;
  /**
   * The user, instead of the context's; `null`: anonymous. Asked before the body runs, so that what it calls belongs to
   * the same person, and again at the end, with the result, where that gave `undefined`.
   */
  userId?: ((call: TrackCall<M>) => Id | null | undefined) | undefined;
  /** The chat session, instead of the context's. Asked when `userId` is. */
  sessionId?: ((call: TrackCall<M>) => Id | null | undefined) | undefined;
  /** Calls with the same key, on the same day and person, are one event: for retries and redeliveries. */
  dedupKey?: ((call: TrackCall<M>) => string | number | undefined) | undefined;
  /** `false`: this call emits nothing, and is counted as refused. */
  when?: ((call: TrackCall<M>) => boolean) | undefined;
}

/**
 * Options of the tracking decorators. Callbacks are synchronous; one that throws or returns a promise is logged once,
 * and the event goes out without what it would have added.
 */
export interface TrackOptions<M extends TrackableMethod = TrackableMethod> extends TrackCallOptions<M> {
  /** Further properties of an event whose outcome is `success` or `queued`. */
  properties?: ((call: ReturnedCall<M>) => PropertyBag | undefined) | undefined;
}

/** Options of the decorators that may emit before the body runs. */
export interface TrackStartOptions<M extends TrackableMethod = TrackableMethod> extends TrackOptions<M> {
  /** `start`: the event is emitted before the call, with no outcome and no result. @default at the end */
  emit?: 'start' | undefined;
}

/** The arguments of a method; on a class, where the method is not known, any. */
type ArgsOf<M extends TrackableMethod> =
  // Comparing the functions won't do: one that returns nothing takes all others for its own.
  never[] extends Parameters<M>
    ? [Parameters<M>[number]] extends [never]
      ? readonly unknown[]
      : Parameters<M>
    : Parameters<M>;

/** What a result comes to once it is there. */
type ResultOf<R> =
  R extends PromiseLike<infer T>
    ? ResultOf<T>
    : R extends { subscribe: unknown; forEach(next: (value: infer T) => void): Promise<void> }
      ? T
      : R extends AsyncGenerator<unknown, infer T, never> | Generator<unknown, infer T, never>
        ? T
        : R;
