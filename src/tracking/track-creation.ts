import type { BuiltInEvent } from '../event/built-in-events.js';
import { trackMethod, type TrackMethodDecorator } from './apply-tracking.js';
import { measuredOf, recordMoment } from './call-moments.js';
import { declaredProperties, fillDeclared } from '../capture/declared-properties.js';
import type { TrackableMethod } from './track-options.js';
import type { Tracking } from './tracking.js';

/**
 * Makes the decorator of a method that creates something: one event when it did, another when it did not. What waits
 * for a human (`interrupted`) has come to neither.
 */
export function trackCreation<M extends TrackableMethod>(
  decorator: string,
  created: BuiltInEvent,
  failed: BuiltInEvent,
  options: Tracking['options'],
): TrackMethodDecorator<M> {
  const declared = declaredProperties(created);
  return trackMethod<M>(decorator, (_key, fromClass) => {
    const tracking: Tracking = {
      id: decorator,
      decorator,
      options,
      fromClass,
      kind: 'other',
      ended(call, end) {
        if (end.outcome === 'interrupted') return;
        const isCreated = end.outcome === 'success' || end.outcome === 'queued' || end.outcome === undefined;
        const measured = measuredOf(call, end);
        if (!isCreated) measured.error_type ??= null;
        const { names, clock } = call.target;
        const event = names[isCreated ? created : failed];
        const filled = fillDeclared(declared, end.result, call.args);
        recordMoment(call, tracking, { event, time: clock.now(), filled, measured }, end);
      },
    };
    return tracking;
  });
}
