import { types } from 'node:util';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { CallEnd } from './call-end.js';
import type { TrackCall } from './track-options.js';
import type { TrackedCall } from './tracked-call.js';
import type { TrackingOptions } from './tracking.js';

type CallbackName = Exclude<keyof TrackingOptions, 'emit'>;

/**
 * What a callback of a decorator answers. `undefined` where there is none, where it throws or where it returns a
 * promise: the last two are told once for each method and callback.
 */
export function ask(options: TrackingOptions, name: CallbackName, call: TrackedCall, end?: CallEnd): unknown {
  const callback = options === noOptions ? undefined : options[name];
  if (callback === undefined) return undefined;
  const { method, target } = call;
  try {
    const answer: unknown = callback(whatIsKnown(call, end) as never);
    if (!isPromise(answer)) return answer;
    target.reporter.warnOnce(messages.callbackAsync(method.where, name), `${method.where} ${name}`);
  } catch (error) {
    target.reporter.warnOnce(messages.callbackThrew(method.where, name, errorType(error)), `${method.where} ${name}`);
  }
  return undefined;
}

/** What a decorator without options has: one object for all, so that none of its callbacks is looked for. */
export const noOptions: Readonly<Record<string, never>> = Object.freeze({});

/** As `ask`, but says nothing: for what is asked before the result is there, and once more when it is. */
export function askEarly(options: TrackingOptions, name: CallbackName, call: TrackedCall): unknown {
  const callback = options[name];
  if (callback === undefined) return undefined;
  try {
    const answer: unknown = callback(whatIsKnown(call, undefined) as never);
    return isPromise(answer) ? undefined : answer;
  } catch {
    // It reads the result, which is not there yet.
    return undefined;
  }
}

function whatIsKnown(call: TrackedCall, end: CallEnd | undefined): TrackCall {
  return {
    args: call.args,
    result: end?.result,
    error: end?.error,
    context: call.values,
    instance: call.instance,
    outcome: end?.outcome,
    abortReason: end?.abortReason,
  };
}

/** Whether it is a promise; if so, its failure is nobody's. */
function isPromise(answer: unknown): boolean {
  if (!types.isPromise(answer)) return false;
  answer.catch(() => undefined);
  return true;
}
