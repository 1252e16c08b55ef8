import type { AnalyticsContextValues } from './context-values.js';
import { contextStorage, currentFrame } from './context-storage.js';
import { conflictOf, fillAbsent, valuesOf } from './fill-values.js';
import { Frame } from './frame.js';
import { placeIn } from './place-in.js';
import { plainValues } from './plain-values.js';

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
   * Beneath an open context what is not given is inherited; `null` inherits nothing: it says that there is no user, no
   * session. Somebody else inherits nothing of who the first one was (session, groups, web session, trace), and a
   * different session no trace. What it calls then counts for no message or run around it: a batch worker that
   * somebody's request started serves others too.
   *
   * A different session that does not name its user is somebody else's. Name the user too where it is the same one's.
   */
  run<T>(values: AnalyticsContextValues | undefined, fn: () => T): T {
    const outer = currentFrame();
    const given = plainValues(values);
    const around = outer === undefined ? {} : valuesOf(outer);
    const parent = belongsTo(around, given) ? placeIn(outer) : undefined;
    const frame = new Frame(parent, fillAbsent(given, inheritedBy(given, around)), outer?.handle, undefined);
    return contextStorage.run(frame, fn);
  },

  /**
   * Fills in what the current context lacks; calls that have begun keep the values they began with.
   *
   * A second, different `userId` or `sessionId` is refused with a warning, because parallel work in one context would
   * mix. `trigger` replaces the `chat` that a request is taken for. Outside any context it does nothing.
   */
  set(values: AnalyticsContextValues): void {
    const frame = currentFrame();
    if (frame === undefined) return;
    const given = plainValues(values);
    const known = withoutAssumed(valuesOf(frame), given);
    const conflict = conflictOf(known, given);
    if (conflict === undefined) frame.values = fillAbsent(known, given);
    else frame.refused = conflict;
  },

  /**
   * A copy of the current values as plain JSON, ready for a queue's job; `{}` outside any context. Where there is no
   * user, or no session, `null` says so: whatever context the job is run beneath, it is nobody else's.
   */
  get(): AnalyticsContextValues {
    const frame = currentFrame();
    if (frame === undefined) return {};
    const values = valuesOf(frame);
    return { ...plainValues(values), userId: values.userId ?? null, sessionId: values.sessionId ?? null };
  },
};

/** Without the trigger that is assumed where nobody says another, if these say one. */
function withoutAssumed(known: AnalyticsContextValues, given: AnalyticsContextValues): AnalyticsContextValues {
  if (known.trigger !== 'chat' || given.trigger == null) return known;
  const { trigger: _chat, ...said } = known;
  return said;
}

/** Whether work with these values is part of what goes on around it, or somebody's or some trace's own. */
function belongsTo(around: AnalyticsContextValues, given: AnalyticsContextValues): boolean {
  const { traceId } = around;
  const isOtherTrace = traceId !== undefined && given.traceId !== undefined && given.traceId !== traceId;
  return !isOtherTrace && !departs(around, given, 'userId') && !departs(around, given, 'sessionId');
}

function inheritedBy(given: AnalyticsContextValues, outer: AnalyticsContextValues): AnalyticsContextValues {
  const { traceId: _trace, parentSpanId: _span, ...untraced } = outer;
  if (!isSamePerson(outer, given)) return withoutPerson(untraced);
  if (!departs(outer, given, 'sessionId')) return given.traceId === undefined ? outer : untraced;
  const { sessionId: _session, ...others } = untraced;
  return others;
}

function isSamePerson(around: AnalyticsContextValues, given: AnalyticsContextValues): boolean {
  if (departs(around, given, 'userId')) return false;
  return !departs(around, given, 'sessionId') || (around.userId != null && given.userId != null);
}

/** Whether `given` names another user or session than there is, or says by `null` that it has none. */
function departs(around: AnalyticsContextValues, given: AnalyticsContextValues, key: 'userId' | 'sessionId'): boolean {
  const [known, named] = [around[key], given[key]];
  return known != null && named !== undefined && (named === null || known !== named);
}

function withoutPerson(values: AnalyticsContextValues): AnalyticsContextValues {
  const { userId: _u, sessionId: _s, webSessionId: _w, anonymousId: _a, ...unnamed } = values;
  const { groups: _g, properties: _p, flags: _f, ...impersonal } = unnamed;
  return impersonal;
}
