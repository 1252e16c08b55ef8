import type { JsonObject } from '../event/analytics-event.js';
import type { BuiltInEvent } from '../event/built-in-events.js';
import { timeOf, type EventCapture } from './event-capture.js';
import type { AgentRunEnd, EventDetails, Id } from './event-details.js';

const KEPT_EXECUTIONS = 10_000;

/** The ends of queued runs: in one process the first telling of an execution's end wins. */
export class RunEnds {
  private readonly told = new Set<string>();

  /** What to record for this end; `undefined` where it is none, or was told before. */
  eventFor(end: AgentRunEnd, capture: EventCapture): RunEndEvent | undefined {
    const executionId = idOf(end.executionId);
    if (end.outcome === 'interrupted' || end.outcome === 'queued' || !this.isFirst(executionId)) return undefined;
    const finishedAt = timeOf(end.finishedAt ?? end.timestamp, capture.clock);
    const event = end.outcome === 'success' ? 'agent_run_success' : 'agent_run_failed';
    const day = new Date(finishedAt).toISOString().slice(0, 10);
    return {
      event,
      details: {
        ...end,
        timestamp: finishedAt,
        // Other processes may tell the same end: the same uuid lets PostHog merge them.
        dedupKey: end.dedupKey ?? (executionId && `${executionId}\n${capture.names[event]}\n${day}`),
      },
      measured: {
        outcome: end.outcome,
        duration_ms: end.startedAt === undefined ? null : finishedAt - timeOf(end.startedAt, capture.clock),
        ...(event === 'agent_run_failed' && {
          failure_reason: end.failureReason ?? null,
          error_type: end.errorType ?? null,
        }),
        ...(end.abortReason !== undefined && { abort_reason: end.abortReason }),
        ...given('cost_usd', end.costUsd),
        ...given('model', end.model),
        ...given('input_tokens', end.inputTokens),
        ...given('output_tokens', end.outputTokens),
        ...given('tool_calls', end.toolCalls),
        ...given('tool_errors', end.toolErrors),
        ...given('generations', end.generations),
      },
    };
  }

  /** Without an id nothing tells one run from another. */
  private isFirst(executionId: string | undefined): boolean {
    if (executionId === undefined) return true;
    if (this.told.has(executionId)) return false;
    this.told.add(executionId);
    if (this.told.size > KEPT_EXECUTIONS) this.told.delete(this.told.values().next().value as string);
    return true;
  }
}

interface RunEndEvent {
  readonly event: BuiltInEvent;
  readonly details: EventDetails;
  readonly measured: JsonObject;
}

/** Callers in JavaScript pass what they have. */
function idOf(executionId: Id | null | undefined): string | undefined {
  return executionId === undefined || executionId === null || executionId === '' ? undefined : String(executionId);
}

function given(name: string, value: string | number | null | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
