import type { CaptureTarget } from '../../capture/capture-handle.js';
import { modelTotals } from '../../capture/model-totals.js';
import { recordAt } from '../../capture/record-at.js';
import { noModels } from '../../context/call-totals.js';
import type { CallTotals } from '../../context/frame.js';
import type { JsonObject } from '../../event/analytics-event.js';
import type { UserMessage } from '../../event/message-length.js';
import type { RecordedRun } from './recorded-run.js';

/** `copilot_message_sent`: a run that no decorated message surrounds answers a user. */
export function recordMessageSent(run: RecordedRun, target: CaptureTarget, message: UserMessage): void {
  if (!message.isMessage) return;
  const properties: JsonObject = { message_length: message.length };
  if (message.isRegeneration) properties.is_regeneration = true;
  target.record(recordAt(run, target.names.message_sent, properties));
}

/** `copilot_response_completed`: how that message was answered. */
export function recordResponse(run: RecordedRun, target: CaptureTarget, measured: JsonObject): void {
  measured.abort_reason ??= null;
  measured.time_to_first_chunk_ms = run.timeToFirstTokenMs;
  measured.chunk_count = null;
  measured.tool_calls = run.totals.toolCalls;
  measured.tool_errors = run.totals.toolErrors;
  target.record(recordAt(run, target.names.response_completed, {}, measured, target.clock.now()));
}

/** `copilot_agent_run_success` or `copilot_agent_run_failed`, with all that the run came to. */
export function recordRun(run: RecordedRun, target: CaptureTarget, measured: JsonObject, totals: CallTotals): void {
  const event = measured.outcome === 'success' ? 'agent_run_success' : 'agent_run_failed';
  const name = run.agentName ?? null;
  const id = target.captureNames ? name : null;
  const properties = { graph_id: id, graph_name: name, execution_id: run.executionId, library_agent_id: null };
  if (event === 'agent_run_failed') measured.error_type ??= null;
  measured.tool_calls = totals.toolCalls;
  measured.tool_errors = totals.toolErrors;
  Object.assign(measured, modelTotals(totals.models ?? noModels()));
  target.record(recordAt(run, target.names[event], properties, measured, target.clock.now()));
}
