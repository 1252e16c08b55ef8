import type { EventName, EventProperties, IsDeclared } from '../event/catalog.js';
import { trackMethodOrClass, type TrackDecorator } from './apply-tracking.js';
import { measuredOf, recordMoment } from './call-moments.js';
import type { PropertyBag, ReturnedCall, TrackableMethod, TrackCall, TrackStartOptions } from './track-options.js';
import type { Tracking } from './tracking.js';

/** Options of `@Track`: what its callbacks add is typed by the catalog where that declares the event. */
export type TrackEventOptions<Event extends string = string, M extends TrackableMethod = TrackableMethod> = Omit<
  TrackStartOptions<M>,
  'properties' | 'errorProperties'
> &
  OwnProperties<Event, M> & {
    /** Further properties of an event whose outcome is neither `success` nor `queued`. */
    errorProperties?: ((call: TrackCall<M>) => Bag<Event> | undefined) | undefined;
  };

type OwnProperties<Event extends string, M extends TrackableMethod> =
  HasRequired<Event> extends true
    ? {
        /** The properties of an event whose outcome is `success` or `queued`; the catalog requires some. */
        properties: (call: ReturnedCall<M>) => Bag<Event>;
      }
    : {
        /** Further properties of an event whose outcome is `success` or `queued`. */
        properties?: ((call: ReturnedCall<M>) => Bag<Event> | undefined) | undefined;
      };

/** An interface's value is no record of anything, but may be the properties of an event that nobody declares. */
type Bag<Event extends string> =
  IsDeclared<Event> extends true ? EventProperties<Event> & { readonly then?: never } : PropertyBag;

type HasRequired<Event extends string> = Partial<EventProperties<Event>> extends EventProperties<Event> ? false : true;

type TrackArguments<Event extends string, M extends TrackableMethod> =
  HasRequired<Event> extends true ? [options: TrackEventOptions<Event, M>] : [options?: TrackEventOptions<Event, M>];

/**
 * Tracks each call as an event of your own, under exactly this name, when its result is over; with `emit: 'start'`
 * before the method runs. It carries outcome, duration and what `properties` adds, typed by the catalog (`Register`).
 * On a class it tracks all of its own methods.
 *
 * @example
 * @Track('plan_upgraded', { properties: ({ args: [plan] }) => ({ plan: plan.name }) })
 * async upgrade(plan: Plan): Promise<void> { … }
 */
export function Track<E extends EventName, M extends TrackableMethod>(
  event: E,
  ...rest: TrackArguments<E, M>
): TrackDecorator<M>;
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
