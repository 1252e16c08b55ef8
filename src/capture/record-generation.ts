import { randomUUID } from 'node:crypto';
import { currentFrame } from '../context/context-storage.js';
import { copyProperties } from '../event/json-value.js';
import { abortReasonOf } from './abort-reason.js';
import { timeOf, type EventCapture } from './event-capture.js';
import type { GenerationDetails } from './event-details.js';
import { ModelAnswerReader } from './model-answer.js';
import type { ModelCall } from './model-call.js';

/** A call of a model that the application tells by hand. */
export function recordGeneration(capture: EventCapture, details: GenerationDetails): void {
  const {
    userId,
    sessionId,
    groups,
    timestamp,
    dedupKey,
    properties,
    traceId: given,
    answer,
    startedAt,
    ...told
  } = details;
  const frame = currentFrame();
  const context = capture.valuesFor(frame);
  const now = timeOf(timestamp, capture.clock);
  const begun = startedAt === undefined ? undefined : timeOf(startedAt, capture.clock);
  const isOwnTrace = given === undefined || given === context.traceId;
  const place = {
    // Usually reported at its end; the event's time is its start, so that a trace is ordered by starts.
    time: begun ?? (timestamp === undefined ? now - (told.durationMs ?? 0) : now),
    context,
    userId: userId ?? undefined,
    sessionId: sessionId ?? undefined,
    groups: groups && { ...groups },
    traceId: given ?? context.traceId ?? randomUUID(),
    spanId: randomUUID(),
    parentSpanId: isOwnTrace ? context.parentSpanId : undefined,
    dedupKey,
  };
  const reader = new ModelAnswerReader(capture.ai.content.has('completions'));
  reader.answer(answer);
  const call: ModelCall = { ...reader.call, ...withoutAbsent(told) };
  if (begun !== undefined) call.durationMs ??= now - begun;
  if (call.error !== undefined && call.outcome === undefined) {
    call.abortReason ??= abortReasonOf(call.error, undefined, frame);
    call.outcome = call.abortReason === undefined ? 'error' : 'aborted';
  }
  capture.ai.generation(place, call, frame, copyProperties(properties));
}

function withoutAbsent(told: ModelCall): ModelCall {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}
