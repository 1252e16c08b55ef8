import { trackMethodOrClass, type TrackDecorator } from './apply-tracking.js';
import { measuredOf, recordMoment } from './call-moments.js';
import type { TrackableMethod, TrackStartOptions } from './track-options.js';
import type { Tracking } from './tracking.js';

/**
 * Tracks each call as an event of your own, under exactly this name, when its result is over; with `emit: 'start'`
 * before the method runs. It carries outcome, duration and what `properties` adds. On a class it tracks all of its own
 * methods.
 *
 * @example
 * @Track('plan_upgraded', { properties: ({ args: [plan] }) => ({ plan: plan.name }) })
 * async upgrade(plan: Plan): Promise<void> { … }
 */
export function Track<M extends TrackableMethod>(event: string, options: TrackStartOptions<M> = {}): TrackDecorator<M> {
  return trackMethodOrClass<M>('Track', (_key, fromClass) => {
    const tracking: Tracking = {
      id: `Track(${event})`,
      decorator: 'Track',
      options,
      fromClass,
      kind: 'other',
    };
    if (options.emit === 'start') {
      tracking.started = (call) => recordMoment(call, tracking, { event, time: call.time, filled: {} });
    } else {
      tracking.ended = (call, end) => {
        const measured = measuredOf(call, end);
        recordMoment(call, tracking, { event, time: call.target.clock.now(), filled: {}, measured }, end);
      };
    }
    return tracking;
  });
}
