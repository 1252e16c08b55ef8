import type { TracePlace } from '../capture/ai-events.js';
import type { CaptureTarget } from '../capture/capture-handle.js';
import { modelTotals } from '../capture/model-totals.js';
import type { CallTotals, ModelTotals } from '../context/frame.js';
import type { JsonObject } from '../event/analytics-event.js';
import type { UserMessage } from '../event/message-length.js';
import type { RecordedRun } from './recorded-run.js';

/** `copilot_message_sent`: a run that no decorated message surrounds answers a user. */
export function recordMessageSent(target: CaptureTarget, place: TracePlace, message: UserMessage): void {
  if (!message.isMessage) return;
  const properties: JsonObject = { message_length: message.length };
  if (message.isRegeneration) properties.is_regeneration = true;
  target.record({ ...place, event: target.names.message_sent, properties });
}

/** `copilot_response_completed`: how that message was answered. */
export function recordResponse(run: RecordedRun, target: CaptureTarget, place: TracePlace, end: JsonObject): void {
  const { toolCalls, toolErrors } = run.totals;
  const measured = {
    ...end,
    abort_reason: end.abort_reason ?? null,
    time_to_first_chunk_ms: run.timeToFirstTokenMs,
    chunk_count: null,
    tool_calls: toolCalls,
    tool_errors: toolErrors,
  };
  const { response_completed: event } = target.names;
  target.record({ ...place, time: target.clock.now(), event, properties: {}, measured });
}

/** `copilot_agent_run_success` or `copilot_agent_run_failed`, with all that the run came to. */
export function recordRun(
  run: RecordedRun,
  target: CaptureTarget,
  place: TracePlace,
  end: JsonObject,
  totals: CallTotals & { readonly models: ModelTotals },
): void {
  const event = end.outcome === 'success' ? 'agent_run_success' : 'agent_run_failed';
  const name = run.name ?? null;
  const properties = { graph_id: name, graph_name: name, execution_id: run.executionId, library_agent_id: null };
  const measured: JsonObject = {
    ...end,
    ...(event === 'agent_run_failed' && { error_type: end.error_type ?? null }),
    tool_calls: totals.toolCalls,
    tool_errors: totals.toolErrors,
    ...modelTotals(totals.models),
  };
  target.record({ ...place, time: target.clock.now(), event: target.names[event], properties, measured });
}
