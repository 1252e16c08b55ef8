import { trackMethod, trackMethodOrClass, type TrackDecorator, type TrackMethodDecorator } from './apply-tracking.js';
import { measuredOf, recordMoment } from './call-moments.js';
import type { CallEnd } from './call-end.js';
import { declaredProperties, fillDeclared, snakeCase } from '../capture/declared-properties.js';
import { noOptions } from './option-callbacks.js';
import type { TrackableMethod, TrackStartOptions } from './track-options.js';
import type { TrackedCall } from './tracked-call.js';
import type { Tracking } from './tracking.js';

/** About what a tool's event has that carries nothing of the caller's. */
const smallBytes = 700;

/** Only the id is looked for: the name is the method's, or is written. */
const declared = declaredProperties('tool_called').filter(({ name }) => name === 'tool_call_id');

/**
 * Tracks each call of a tool: `copilot_tool_called`, with the time of the call's begin, when its result is over.
 *
 * `tool_name` is the method's name in snake_case unless one is given; `tool_call_id` is found in the result or the
 * arguments (`toolCallId`), else made. On a class it tracks all of its own methods.
 *
 * @example
 * @TrackToolCall({ outcome: ({ result }) => (result.ok ? 'success' : 'error') })
 * async findAgent(input: FindAgent): Promise<Found> { … }
 */
export function TrackToolCall<M extends TrackableMethod>(options?: TrackStartOptions<M>): TrackDecorator<M>;
export function TrackToolCall<M extends TrackableMethod>(
  toolName: string,
  options?: TrackStartOptions<M>,
): TrackMethodDecorator<M>;
export function TrackToolCall<M extends TrackableMethod>(
  nameOrOptions: string | TrackStartOptions<M> = noOptions,
  named: TrackStartOptions<M> = noOptions,
): TrackDecorator<M> | TrackMethodDecorator<M> {
  if (typeof nameOrOptions !== 'string') {
    return trackMethodOrClass<M>('TrackToolCall', (key, fromClass) => {
      return toolTracking(snakeCase(nameOfKey(key)), nameOrOptions, fromClass);
    });
  }
  return trackMethod<M>('TrackToolCall', (_key, fromClass) => toolTracking(nameOrOptions, named, fromClass));
}

function toolTracking(toolName: string, options: Tracking['options'], fromClass: boolean): Tracking {
  const tracking: Tracking = {
    id: 'TrackToolCall',
    decorator: 'TrackToolCall',
    options,
    fromClass,
    kind: 'tool',
    toolName,
  };
  const record = (call: TrackedCall, end?: CallEnd): void => {
    const filled = fillDeclared(declared, end?.result, call.args);
    filled.tool_name = toolName;
    const callId = call.claimed?.callId ?? filled.tool_call_id;
    if (callId !== undefined) filled.tool_call_id = callId;
    const newId = callId === undefined ? ('tool_call_id' as const) : undefined;
    const measured = end === undefined ? {} : measuredOf(call, end);
    // Nothing in it can be large, so nobody has to look.
    const bytes = newId !== undefined && options === noOptions ? smallBytes : undefined;
    const moment = { event: call.target.names.tool_called, time: call.time, filled, measured, newId, bytes };
    recordMoment(call, tracking, moment, end);
  };
  if (options.emit === 'start') tracking.started = (call) => record(call);
  else tracking.ended = record;
  return tracking;
}

function nameOfKey(key: string | symbol): string {
  return typeof key === 'string' ? key : (key.description ?? 'symbol');
}
