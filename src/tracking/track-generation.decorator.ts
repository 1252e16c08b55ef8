import { randomUUID } from 'node:crypto';
import { isRecord } from '../capture/model-answer-fields.js';
import { ModelAnswerReader } from '../capture/model-answer.js';
import type { ModelCall } from '../capture/model-call.js';
import { copyProperties } from '../event/json-value.js';
import { trackMethod, type TrackMethodDecorator } from './apply-tracking.js';
import type { CallEnd } from './call-end.js';
import { millisecondsUntil } from './call-moments.js';
import { ask } from './option-callbacks.js';
import type { TrackableMethod, TrackCall, TrackOptions } from './track-options.js';
import type { TrackedCall } from './tracked-call.js';
import type { Tracking } from './tracking.js';

export interface TrackGenerationOptions<M extends TrackableMethod = TrackableMethod> extends TrackOptions<M> {
  /** What is known of the call beside what its answer says, or where that has a shape of its own. */
  generation?: ((call: TrackCall<M>) => ModelCall | undefined) | undefined;
}

/**
 * Tracks each call of a model by its own client: PostHog's `$ai_generation` (`$ai_embedding` for embeddings), with
 * tokens, cost, latency and first token, counted for the message and run around it.
 *
 * The method returns what the client answers, whole or as a stream: OpenAI's chat completions and responses, those of
 * OpenRouter, Anthropic's messages. Content goes out only under `captureContent`. Calls that an integration or
 * `trackGeneration` tells inside are told by these alone.
 *
 * @example
 * @TrackGeneration()
 * complete(messages: Message[]) {
 *   return this.openai.chat.completions.create({ model: 'gpt-5', messages });
 * }
 */
export function TrackGeneration<M extends TrackableMethod>(
  options: TrackGenerationOptions<M> = {},
): TrackMethodDecorator<M> {
  return trackMethod<M>('TrackGeneration', (_key, fromClass) => {
    const readers = new WeakMap<TrackedCall, ModelAnswerReader>();
    const readerOf = (call: TrackedCall): ModelAnswerReader => {
      const reader = readers.get(call) ?? new ModelAnswerReader(call.target.ai.content.has('completions'));
      readers.set(call, reader);
      return reader;
    };
    const tracking: Tracking = {
      id: 'TrackGeneration',
      decorator: 'TrackGeneration',
      options,
      fromClass,
      kind: 'generation',
      chunk: (call, chunk) => readerOf(call).chunk(chunk),
      ended(call, end) {
        if (call.generationTold) return;
        const reader = readerOf(call);
        if (end.returned) reader.answer(end.result);
        if (call.embeddingTold && end.returned && isEmbedding(reader.call, options)) return;
        record(call, tracking, end, reader.call);
      },
    };
    return tracking;
  });
}

/** Whether a call that has an embedding inside is that embedding: its answer shows no other call of a model. */
function isEmbedding(read: ModelCall, { generation }: Tracking['options']): boolean {
  return read.kind === 'embedding' || (generation === undefined && Object.keys(read).length === 0);
}

function record(call: TrackedCall, { options }: Tracking, end: CallEnd, read: ModelCall): void {
  const isGood = end.outcome === 'success';
  const added = ask(options, isGood ? 'properties' : 'errorProperties', call, end);
  const known = (ask(options, 'generation', call, end) ?? {}) as ModelCall;
  const { target, person, traceId } = call;
  // A method that is also a tool or a run has its span's id for that.
  const isOwnSpan = call.tracksTool || call.tracksRun || call.tracksMessage;
  const place = {
    time: call.time,
    context: call.values,
    userId: person?.userId,
    sessionId: person?.sessionId,
    traceId: traceId ?? randomUUID(),
    spanId: isOwnSpan ? randomUUID() : (call.spanId ?? randomUUID()),
    parentSpanId: isOwnSpan ? call.spanId : call.parentSpanId,
    source: call.method.where,
  };
  const generation: ModelCall = {
    ...requestOf(call.args),
    ...read,
    durationMs: millisecondsUntil(call, call.endedAt),
    timeToFirstTokenMs: millisecondsUntil(call, call.firstChunkAt),
    abortReason: end.abortReason,
    error: end.threw ? end.error : undefined,
    ...known,
    outcome: known.outcome ?? (isGood ? (read.outcome ?? end.outcome) : end.outcome),
  };
  const around = isOwnSpan ? call.frame : call.outer;
  target.ai.generation(place, generation, around, added === undefined ? {} : copyProperties(added));
}

/** What the request says, where it is the method's argument: in the form of OpenAI and Anthropic. */
function requestOf(args: readonly unknown[]): ModelCall {
  try {
    const request = args.find((arg) => isRecord(arg) && typeof arg.model === 'string');
    if (!isRecord(request)) return { input: args.find((arg) => Array.isArray(arg)) };
    const { model, messages, input, tools } = request;
    return { model: model as string, input: messages ?? input, tools };
  } catch {
    return {};
  }
}
