import type { AnalyticsEvent, JsonObject } from '../../src/event/analytics-event.js';

let count = 0;

/** An event as delivery hands it to a tap, with whatever a test wants otherwise. */
export function sampleEvent(given: Partial<AnalyticsEvent> = {}): AnalyticsEvent {
  count++;
  const { properties, groups = {}, ...rest } = given;
  return {
    uuid: `01890000-0000-7000-8000-${count.toString(16).padStart(12, '0')}`,
    event: 'copilot_message_sent',
    distinctId: 'user-1',
    timestamp: new Date(Date.UTC(2026, 0, 15, 12) + count * 10).toISOString(),
    groups,
    ...rest,
    properties: { ...wireProperties, ...properties },
  };
}

const wireProperties: JsonObject = {
  session_id: 's1',
  is_anonymous: false,
  environment: 'test',
  source: 'chat_copilot',
  $lib: 'nestjs-agent-analytics',
  $lib_version: '0.1.0',
  $geoip_disable: true,
  $ignore_sent_at: true,
};

/** An event without a user, as `anonymousEvents: 'personless'` makes it. */
export function anonymousEvent(session: string, given: Partial<AnalyticsEvent> = {}): AnalyticsEvent {
  return sampleEvent({
    distinctId: `anonymous_${session}`,
    ...given,
    properties: { session_id: session, is_anonymous: true, $process_person_profile: false, ...given.properties },
  });
}

/** A chat as it comes: message, tools, run, answer, by several people. */
export function sampleConversation(number: number): AnalyticsEvent[] {
  const session = `chat-${number}`;
  const properties = { session_id: session };
  const distinctId = `user-${number % 40}`;
  const make = (event: string, own: JsonObject): AnalyticsEvent =>
    number % 4 === 0
      ? anonymousEvent(session, { event, properties: own })
      : sampleEvent({ event, distinctId, properties: { ...properties, ...own } });
  return [
    make('copilot_message_sent', { message_length: 12 + (number % 90) }),
    make('copilot_tool_called', {
      tool_name: ['find_agent', 'run_agent', 'search_docs'][number % 3] ?? '',
      tool_call_id: `call_${number}`,
      outcome: number % 7 === 0 ? 'error' : 'success',
      duration_ms: 40 + (number % 500),
    }),
    make('copilot_agent_run_success', {
      graph_id: 'g1',
      graph_name: 'Newsletter',
      outcome: 'success',
      duration_ms: 1_840.5,
    }),
    make('copilot_response_completed', { outcome: 'success', duration_ms: 2_100, chunk_count: 31 }),
  ];
}
