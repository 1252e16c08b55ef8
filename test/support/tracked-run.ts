import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { bindInstance } from '../../src/tracking/instance-slot.js';
import type { CollectingTarget } from './capture-target.js';

/** A tracked method `Tools.run` with this body, bound to this application; by default a tool. */
export function trackedRun<A extends unknown[], R>(
  target: CollectingTarget,
  body: (...args: A) => R,
  decorator: (...args: never[]) => void = TrackToolCall(),
): (...args: A) => R {
  class Tools {
    run(...args: A): R {
      return body(...args);
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Tools.prototype, 'run') as PropertyDescriptor;
  (decorator as MethodDecorator)(Tools.prototype, 'run', descriptor);
  Object.defineProperty(Tools.prototype, 'run', descriptor);
  const tools = new Tools();
  bindInstance(tools, target.handle);
  return (...args) => tools.run(...args);
}

/** Outcome with abort reason or error type of each record, in order. */
export function outcomes(target: CollectingTarget): string[] {
  return target.records.map(({ measured = {} }) => {
    const { outcome, abort_reason: abortReason, error_type: errorType } = measured as Record<string, string | null>;
    return [outcome, abortReason ?? errorType].filter((each) => each != null).join(' ');
  });
}
