/**
 * The library's own events, by their name without the prefix, with the properties that each declares.
 *
 * A declared property always stands on the event: one that is unknown is `null`. `session_id`, `outcome` and
 * `duration_ms` are not repeated here. Decorators fill declared properties, and only those, from results and arguments.
 */
export const builtInEvents = {
  message_sent: ['message_length'],
  tool_called: ['tool_name', 'tool_call_id'],
  agent_run_success: ['graph_id', 'graph_name', 'execution_id', 'library_agent_id'],
  agent_scheduled: ['graph_id', 'graph_name', 'schedule_id', 'schedule_name', 'cron', 'library_agent_id'],
  trigger_setup: ['graph_id', 'graph_name', 'trigger_type', 'library_agent_id'],

  response_completed: [],
  agent_run_started: ['graph_id', 'graph_name', 'execution_id', 'library_agent_id'],
  agent_run_failed: ['graph_id', 'graph_name', 'execution_id', 'library_agent_id'],
  agent_schedule_failed: ['graph_id', 'graph_name', 'schedule_id', 'schedule_name', 'cron', 'library_agent_id'],
  trigger_setup_failed: ['graph_id', 'graph_name', 'trigger_type', 'library_agent_id'],
  schedule_fired: ['schedule_id', 'graph_id', 'execution_id'],
  trigger_fired: ['trigger_type', 'trigger_ref', 'graph_id', 'execution_id'],
  message_blocked: ['reason'],
  response_stopped: [],
  tool_decision: ['tool_name', 'tool_call_id', 'decision', 'wait_ms'],
  feedback_given: ['rating'],
} as const satisfies Record<string, readonly string[]>;

export type BuiltInEvent = keyof typeof builtInEvents;

/** Wire names by built-in event, for one prefix. */
export type EventNames = Readonly<Record<BuiltInEvent, string>>;

export function eventNames(prefix: string): EventNames {
  const names = Object.keys(builtInEvents).map((event) => [event, `${prefix}${event}`]);
  return Object.freeze(Object.fromEntries(names) as Record<BuiltInEvent, string>);
}
