import type { AnalyticsContextValues } from './context-values.js';
import { contextStorage, currentFrame } from './context-storage.js';
import { conflictOf, fillAbsent, valuesOf } from './fill-values.js';
import { APART, Frame } from './frame.js';

/**
 * Who and what the current work is for. Requests open a context by themselves; jobs, cron and scripts open one with
 * `run`. None of the three throws, whatever they are given.
 *
 * @example
 * await queue.add('run', { ...input, analytics: AnalyticsContext.get() });            // in the request
 * AnalyticsContext.run(job.data.analytics, () => this.agent.execute(job.data));       // in the worker
 */
export const AnalyticsContext = {
  /**
   * Runs `fn` with these values and returns what it returns.
   *
   * Beneath an open context what is not given is inherited; but a different user inherits nothing of who the other
   * was (session, groups, web session, trace), and a different session no trace. What it calls then counts for no
   * message or run around it: a batch worker that somebody's request started serves others too.
   */
  run<T>(values: AnalyticsContextValues | undefined, fn: () => T): T {
    const outer = currentFrame();
    const given = plainValues(values);
    const around = outer === undefined ? {} : valuesOf(outer);
    const frame = new Frame(outer, fillAbsent(given, inheritedBy(given, around)), outer?.handle, undefined);
    if (!belongsTo(around, given)) frame.totals = APART;
    return contextStorage.run(frame, fn);
  },

  /**
   * Fills in what the current context lacks; calls that have begun keep the values they began with.
   *
   * A second, different `userId` or `sessionId` is refused with a warning, because parallel work in one context would
   * mix. Outside any context it does nothing.
   */
  set(values: AnalyticsContextValues): void {
    const frame = currentFrame();
    if (frame === undefined) return;
    const given = plainValues(values);
    const known = valuesOf(frame);
    const conflict = conflictOf(known, given);
    if (conflict === undefined) frame.values = fillAbsent(known, given);
    else frame.refused = conflict;
  },

  /** The current values as plain JSON, ready for a queue's job; `{}` outside any context. */
  get(): AnalyticsContextValues {
    const frame = currentFrame();
    return frame === undefined ? {} : { ...valuesOf(frame) };
  },
};

/** A copy that the caller cannot change later, ids as strings. Anything but an object counts as no values. */
function plainValues(values: AnalyticsContextValues | undefined): AnalyticsContextValues {
  if (typeof values !== 'object' || values === null) return {};
  const copy = { ...values };
  for (const key of ['userId', 'sessionId'] as const) {
    const id: unknown = copy[key];
    if (typeof id === 'number' || typeof id === 'bigint') copy[key] = String(id);
  }
  for (const key of ['properties', 'groups', 'flags'] as const) {
    if (typeof copy[key] === 'object') Object.assign(copy, { [key]: { ...copy[key] } });
  }
  return copy;
}

/** Whether work with these values is part of what goes on around it, or somebody's or some trace's own. */
function belongsTo(around: AnalyticsContextValues, given: AnalyticsContextValues): boolean {
  const { traceId } = around;
  const isOtherTrace = traceId !== undefined && given.traceId !== undefined && given.traceId !== traceId;
  return !isOtherTrace && conflictOf(around, given) === undefined;
}

function inheritedBy(given: AnalyticsContextValues, outer: AnalyticsContextValues): AnalyticsContextValues {
  const { traceId: _trace, parentSpanId: _span, ...untraced } = outer;
  const conflict = conflictOf(outer, given);
  if (conflict === 'sessionId') return untraced;
  if (conflict === undefined && given.traceId === undefined) return outer;
  if (conflict === undefined) return untraced;
  const { sessionId: _s, webSessionId: _w, anonymousId: _a, groups: _g, properties: _p, ...impersonal } = untraced;
  return impersonal;
}
