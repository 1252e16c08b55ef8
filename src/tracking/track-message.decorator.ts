import type { JsonObject } from '../event/analytics-event.js';
import { codePointLength, type UserMessage } from '../event/message-length.js';
import { trackMethod, type TrackMethodDecorator } from './apply-tracking.js';
import { measuredOf, millisecondsUntil, putToolTotals, recordMoment } from './call-moments.js';
import { messageAmong } from './message-body.js';
import { ask } from './option-callbacks.js';
import type { PropertyBag, TrackableMethod, TrackCall, TrackCallOptions } from './track-options.js';
import type { TrackedCall } from './tracked-call.js';
import type { Tracking } from './tracking.js';

export interface TrackMessageOptions<M extends TrackableMethod = TrackableMethod> extends TrackCallOptions<M> {
  /** Further properties of both events; asked before the body runs (`result` is `undefined` then) and on success. */
  properties?: ((call: TrackCall<M>) => PropertyBag | undefined) | undefined;
  /** The message's text, or its length in code points. The text is counted, never sent. @default found in the body */
  message?: ((call: TrackCall<M>) => string | number | null | undefined) | undefined;
  /** `start`: emits only `copilot_message_sent`. @default both events */
  emit?: 'start' | undefined;
}

/**
 * Tracks that a user sends a message, and how it is answered: `copilot_message_sent` before the method runs,
 * `copilot_response_completed` when its result, and the HTTP response that carries it, are over.
 *
 * The session comes from the context (the route, the body), the length from the body. A body whose last message is not
 * the user's (a resubmit after a tool approval) is no message: it has the second event only.
 *
 * @example
 * @Post(':sessionId/messages')
 * @TrackMessage()
 * send(@Param('sessionId') sessionId: string, @Body() body: MessageDto): Observable<Chunk> { … }
 */
export function TrackMessage<M extends TrackableMethod>(options: TrackMessageOptions<M> = {}): TrackMethodDecorator<M> {
  return trackMethod<M>('TrackMessage', (_key, fromClass) => {
    const tracking: Tracking = {
      id: 'TrackMessage',
      decorator: 'TrackMessage',
      options,
      fromClass,
      kind: 'message',
      started(call) {
        const message = messageOf(call, tracking);
        if (!message.isMessage) return;
        const filled: JsonObject = { message_length: message.length };
        if (message.isRegeneration) filled.is_regeneration = true;
        recordMoment(call, tracking, { event: call.target.names.message_sent, time: call.time, filled });
      },
    };
    if (options.emit === 'start') return tracking;
    tracking.ended = (call, end) => {
      const measured = measuredOf(call, end);
      measured.time_to_first_chunk_ms = millisecondsUntil(call, call.firstChunkAt);
      measured.chunk_count = call.chunks;
      measured.abort_reason ??= null;
      putToolTotals(measured, call);
      const { names, clock } = call.target;
      recordMoment(call, tracking, { event: names.response_completed, time: clock.now(), filled: {}, measured }, end);
    };
    return tracking;
  });
}

function messageOf(call: TrackedCall, { options }: Tracking): UserMessage {
  if (options.message === undefined) return messageAmong(call.args, call.method.bodyParameters);
  const told = ask(options, 'message', call);
  const length = typeof told === 'string' ? codePointLength(told) : typeof told === 'number' ? told : null;
  return { isMessage: true, length, isRegeneration: false };
}
