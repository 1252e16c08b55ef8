import type { PlayedConversation, PlayedSession } from './play.js';

/** What a property must be: this value, or what the check accepts. */
export type Expected = string | number | boolean | null | ((value: unknown) => boolean);

export interface ExpectedEvent {
  readonly event: string;
  readonly distinctId: string;
  readonly properties: Readonly<Record<string, Expected>>;
}

/** Every event that this conversation must have caused, with its properties; written by hand from the contract. */
export function expectedEvents({ anonymous, ada }: PlayedConversation): ExpectedEvent[] {
  const newsletter = agent('newsletter', 'Newsletter Writer');
  const invoices = agent('invoices', 'Invoice Reader');
  const competitors = agent('competitors', 'Competitor Watch');
  const support = agent('support', 'Support Triage');
  const forAnonymous = eventsOf(anonymous);
  const forAda = eventsOf(ada);

  return [
    ...messagesAndTools(anonymous),
    ...messagesAndTools(ada),
    forAnonymous('copilot_tool_called', { tool_name: 'find_agent', outcome: 'success' }),
    forAnonymous('copilot_tool_called', { tool_name: 'run_agent', outcome: 'success' }),
    forAnonymous('copilot_tool_called', { tool_name: 'search_docs', outcome: 'error' }),
    forAda('copilot_tool_called', { tool_name: 'schedule_agent', outcome: 'success' }),
    forAda('copilot_tool_called', { tool_name: 'setup_trigger', outcome: 'success' }),
    forAda('copilot_tool_called', { tool_name: 'search_docs', outcome: 'success' }),

    forAnonymous('copilot_agent_run_started', { ...newsletter, execution_id: text, outcome: 'queued' }),
    forAnonymous('copilot_agent_run_success', {
      ...newsletter,
      execution_id: text,
      outcome: 'success',
      duration_ms: (ms) => typeof ms === 'number' && ms >= 800,
    }),
    forAnonymous('copilot_agent_run_started', { ...invoices, execution_id: text, outcome: 'queued' }),
    forAnonymous('copilot_agent_run_failed', {
      ...invoices,
      execution_id: text,
      outcome: 'error',
      failure_reason: 'missing_credentials',
    }),

    forAda('copilot_agent_scheduled', {
      ...competitors,
      schedule_id: text,
      schedule_name: text,
      cron: (cron) => typeof cron === 'string' && /^\*(\/1)? \* \* \* \* \*$/.test(cron),
    }),
    forAda('copilot_schedule_fired', {
      schedule_id: text,
      graph_id: 'graph-competitors',
      execution_id: text,
      trigger: 'schedule',
      trigger_ref: text,
    }),
    forAda('copilot_agent_run_success', { ...competitors, execution_id: text, trigger: 'schedule' }),

    forAda('copilot_trigger_setup', { ...support, trigger_type: 'webhook' }),
    forAda('copilot_trigger_fired', {
      trigger_type: 'webhook',
      trigger_ref: text,
      graph_id: 'graph-support',
      execution_id: text,
      trigger: 'webhook',
    }),
    forAda('copilot_agent_run_success', { ...support, execution_id: text, trigger: 'webhook' }),

    forAda('copilot_response_completed', { outcome: 'aborted', abort_reason: 'client_closed' }),
    forAnonymous('copilot_feedback_given', { rating: 'down' }),
    forAda('copilot_feedback_given', { rating: 'up' }),
    forAda('$ai_metric', {
      $ai_trace_id: ada.ratedTraceId ?? text,
      $ai_metric_name: 'quality',
      $ai_metric_value: 'good',
    }),
  ];
}

/** What every message and every tool call seen in an answer must have left behind. */
function messagesAndTools(session: PlayedSession): ExpectedEvent[] {
  const event = eventsOf(session);
  return [
    ...session.messages.map((message) => event('copilot_message_sent', { message_length: [...message].length })),
    ...session.toolCalls.map(({ id, name }) =>
      event('copilot_tool_called', { tool_name: name, tool_call_id: id, duration_ms: isDuration }),
    ),
    event('copilot_response_completed', {
      outcome: 'success',
      time_to_first_chunk_ms: isDuration,
      chunk_count: isCount,
    }),
  ];
}

/** Makes expectations for the person and session of one visitor. */
function eventsOf({ sessionId, distinctId }: PlayedSession) {
  return (event: string, properties: ExpectedEvent['properties']): ExpectedEvent => ({
    event,
    distinctId,
    properties: {
      session_id: sessionId,
      environment: text,
      source: text,
      ...properties,
    },
  });
}

function agent(id: string, name: string): ExpectedEvent['properties'] {
  return { graph_id: `graph-${id}`, graph_name: name, library_agent_id: `lib-${id}` };
}

const text = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isDuration = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const isCount = (value: unknown): boolean => typeof value === 'number' && value > 0;
