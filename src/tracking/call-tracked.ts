import type { CaptureTarget } from '../capture/capture-handle.js';
import { contextStorage, currentFrame } from '../context/context-storage.js';
import type { Frame } from '../context/frame.js';
import { followResult } from './follow-result/follow-result.js';
import { TrackedCall } from './tracked-call.js';
import type { TrackedMethod } from './tracked-methods.js';
import type { Tracking } from './tracking.js';

/**
 * Calls a tracked method for an application whose analytics is on: the body runs in a context of its own, and its
 * result is followed. The caller is given what the method gives. On the hot path.
 */
export function callTracked(
  method: TrackedMethod,
  instance: unknown,
  args: readonly unknown[],
  handle: object,
  target: CaptureTarget,
): unknown {
  const call = beginCall(method, instance, args, handle, target);
  if (call === undefined) return Reflect.apply(method.original, instance, args);
  let result: unknown;
  try {
    result = contextStorage.run(call.frame, Reflect.apply, method.original, instance, args);
  } catch (error) {
    call.threw(error);
    throw error;
  }
  const followed = followResult(result, call);
  call.stayOpen();
  return followed;
}

function beginCall(
  method: TrackedMethod,
  instance: unknown,
  args: readonly unknown[],
  handle: object,
  target: CaptureTarget,
): TrackedCall | undefined {
  try {
    const outer = currentFrame();
    const trackings = countedTrackings(method, instance, outer);
    if (trackings.length === 0) return undefined;
    return new TrackedCall(method, trackings, target, handle, outer, instance, args);
  } catch {
    return undefined;
  }
}

/**
 * The decorators that count this call. Not those of a class where a tracked method calls another of the same instance
 * (TypeScript's `private` does not exist at run time), and not those that count it already where an override calls the
 * method that it overrides.
 */
function countedTrackings(method: TrackedMethod, instance: unknown, outer: Frame | undefined): readonly Tracking[] {
  const around = callAround(outer);
  if (around === undefined || around.instance !== instance || instance === undefined) return method.trackings;
  const isSuperCall = around.method.key === method.key && around.method !== method;
  return method.trackings.filter(({ fromClass, id }) => {
    return !fromClass && !(isSuperCall && around.trackings.some((counting) => counting.id === id));
  });
}

function callAround(frame: Frame | undefined): TrackedCall | undefined {
  for (let around = frame; around !== undefined; around = around.parent) {
    // An agent framework's own run or tool has no method.
    if (around.call !== undefined) return around.call instanceof TrackedCall ? around.call : undefined;
  }
  return undefined;
}
