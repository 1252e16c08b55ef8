import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent, JsonObject } from '../../../src/event/analytics-event.js';
import type { Conversation, TimelineNode } from '../../../src/inbox/conversation/conversation-api.js';
import { EventStore } from '../../../src/inbox/event-store.js';
import { EventView } from '../../../src/inbox/event-view.js';
import { InboxTap } from '../../../src/inbox/inbox-tap.js';
import { sessionTimeline } from '../../../src/inbox/session-events.js';
import { anonymousEvent, sampleEvent } from '../sample-events.js';

const start = Date.UTC(2026, 0, 15, 12);
const at = (ms: number): string => new Date(start + ms).toISOString();

/** An event of the trace `t1`, unless `properties` say otherwise. */
function traced(event: string, ms: number, properties: JsonObject): AnalyticsEvent {
  return sampleEvent({ event, timestamp: at(ms), properties: { $ai_trace_id: 't1', ...properties } });
}

/** A message whose agent calls a model, which calls a tool, which begins a run that ends in the background. */
const answered: AnalyticsEvent[] = [
  traced('copilot_message_sent', 0, { $ai_span_id: 't1', message_length: 12 }),
  traced('$ai_generation', 20, {
    ...{ $ai_span_id: 'g1', $ai_parent_id: 'a1', $ai_model: 'gpt', $ai_latency: 0.4, $ai_time_to_first_token: 0.1 },
    ...{ $ai_input_tokens: 100, $ai_output_tokens: 20, $ai_total_cost_usd: 0.002, outcome: 'success' },
  }),
  traced('copilot_agent_run_started', 460, {
    ...{ $ai_span_id: 'c1', $ai_parent_id: 'a1', graph_name: 'Newsletter', outcome: 'queued', duration_ms: 10 },
  }),
  traced('copilot_tool_called', 450, {
    ...{ $ai_span_id: 'c1', $ai_parent_id: 'a1', tool_name: 'run_agent', outcome: 'success', duration_ms: 10 },
  }),
  traced('$ai_span', 450, {
    ...{ $ai_span_id: 'c1', $ai_parent_id: 'a1', $ai_span_name: 'run_agent', $ai_span_type: 'tool', $ai_latency: 0.01 },
  }),
  traced('$ai_span', 10, {
    ...{ $ai_span_id: 'a1', $ai_parent_id: 't1', $ai_span_name: 'agent', $ai_span_type: 'agent', $ai_latency: 0.5 },
    ...{ input_tokens: 100, outcome: 'success' },
  }),
  traced('copilot_response_completed', 600, {
    ...{ $ai_span_id: 't1', outcome: 'success', duration_ms: 600, time_to_first_chunk_ms: 130 },
  }),
  traced('$ai_trace', 0, { $ai_span_id: 't1', $ai_span_name: 'Chat.send', $ai_latency: 0.6, outcome: 'success' }),
  traced('copilot_agent_run_failed', 1_200, {
    ...{ $ai_parent_id: 'c1', graph_name: 'Newsletter', outcome: 'error', failure_reason: 'no_credits' },
    ...{ duration_ms: 740, cost_usd: 0.01 },
  }),
  traced('copilot_feedback_given', 9_000, { rating: 'down' }),
  traced('$ai_metric', 9_000, { $ai_metric_name: 'quality', $ai_metric_value: 'bad' }),
];

describe('a conversation', () => {
  it('is a waterfall: each span once, beneath its parent, with its times, tokens, costs and how it ended', () => {
    const [turn] = conversationOf(answered).turns;
    expect(turn?.nodes.map(brief)).toEqual([
      '0 message Message +0 600 first 130 success',
      '1 run agent +10 500 success 100 in',
      '2 model gpt +20 400 first 100 success 100 in $0.002',
      '2 tool run_agent +450 10 success',
      '3 run Newsletter +450 10 queued',
      '3 run Newsletter +460 740 error: no_credits $0.01',
      '0 feedback Feedback: down +9000 null null',
    ]);
    expect(turn?.nodes.map(({ events }) => events.map(({ event }) => event))[0]).toEqual([
      'copilot_message_sent',
      'copilot_response_completed',
      '$ai_trace',
    ]);
    // The thumb comes later than all that takes time.
    expect(turn?.scaleMs).toBe(1_200);
  });

  it('adds up what is known, each once, whatever stands for what', () => {
    expect(conversationOf(answered).totals).toEqual({
      ...{ events: 11, messages: 1, tools: 1, modelCalls: 1, runs: 1, failed: 1 },
      ...{ inputTokens: 100, outputTokens: 20, costUsd: 0.012 },
    });
    expect(conversationOf([sampleEvent()]).totals).toMatchObject({ inputTokens: null, costUsd: null });
  });

  it('is the same tree in whatever order the events come', () => {
    const shape = (events: AnalyticsEvent[]) => conversationOf(events).turns.map(({ nodes }) => nodes.map(brief));
    const expected = shape(answered);
    expect(shape([...answered].reverse())).toEqual(expected);
    for (let turn = 1; turn < answered.length; turn++)
      expect(shape([...answered.slice(turn), ...answered.slice(0, turn)])).toEqual(expected);
  });

  it('tells who it was: the anonymous part, who signs in, and what came after', () => {
    const { people, turns } = conversationOf([
      anonymousEvent('s1', { timestamp: at(0) }),
      sampleEvent({
        event: '$identify',
        distinctId: 'ada',
        timestamp: at(5_000),
        properties: { session_id: null, $anon_distinct_id: 'anonymous_s1' },
      }),
      sampleEvent({ event: '$identify', distinctId: 'bob', properties: { session_id: null, $anon_distinct_id: 'x' } }),
      sampleEvent({ distinctId: 'ada', timestamp: at(6_000) }),
      sampleEvent({ distinctId: 'eve', properties: { session_id: 's2' } }),
    ]);
    expect(people).toEqual([
      { id: 'anonymous_s1', isAnonymous: true },
      { id: 'ada', isAnonymous: false },
    ]);
    expect(turns.map(({ person, nodes }) => [person.id, nodes[0]?.kind, nodes[0]?.title])).toEqual([
      ['anonymous_s1', 'message', 'Message'],
      ['ada', 'identify', 'Signs in as ada'],
      ['ada', 'message', 'Message'],
    ]);
  });

  it('shows decisions with the wait before them, and what ended before its end', () => {
    const [turn] = conversationOf([
      traced('copilot_message_sent', 0, { $ai_span_id: 't1' }),
      traced('copilot_response_completed', 900, {
        ...{ $ai_span_id: 't1', outcome: 'aborted', abort_reason: 'client_closed', duration_ms: 900 },
      }),
      traced('copilot_tool_decision', 800, { decision: 'reject', tool_name: 'delete_all', wait_ms: 500 }),
    ]).turns;
    expect(turn?.nodes.map(brief)).toEqual([
      '0 message Message +0 900 aborted: client_closed',
      '0 decision reject: delete_all +300 500 null',
    ]);
  });

  it('takes the times of other SDKs as those of the end', () => {
    const [turn] = conversationOf([
      traced('$ai_generation', 1_000, { $lib: 'posthog-python', $ai_span_id: 'g', $ai_latency: 0.25 }),
      traced('$ai_trace', 1_100, { $lib: 'posthog-python', $ai_span_id: 't1', $ai_latency: 1.1 }),
    ]).turns;
    expect(turn?.nodes.map(({ startMs, durationMs, depth }) => [startMs, durationMs, depth])).toEqual([
      [0, 1_100, 0],
      [750, 250, 1],
    ]);
  });

  it('is not broken by circles, missing parents, strange times and hostile names', () => {
    const circle = ['x', 'y', 'z'].map((id, place, ids) =>
      traced('$ai_span', place, { $ai_span_id: id, $ai_parent_id: ids[(place + 1) % 3] ?? '' }),
    );
    const odd = [
      traced('$ai_span', 5, { $ai_span_id: 'own', $ai_parent_id: 'own', $ai_span_type: '__proto__' }),
      traced('$ai_span', 6, { $ai_span_id: '__proto__', $ai_parent_id: 'gone', $ai_latency: -1 }),
      traced('copilot_tool_called', 7, { $ai_span_id: 'n', tool_name: 'y'.repeat(5_000), duration_ms: 1e300 }),
      sampleEvent({ event: 'x_tool_called', timestamp: 'never', properties: { tool_name: null, duration_ms: 'long' } }),
      sampleEvent({ event: 'far', timestamp: '+275760-09-13T00:00:00.000Z' }),
    ];
    const { turns, totals } = conversationOf([...circle, ...odd]);
    expect(totals.events).toBe(8);
    const nodes = turns.flatMap((turn) => turn.nodes);
    expect(nodes.flatMap(({ events }) => events)).toHaveLength(8);
    expect(Math.max(...nodes.map(({ title }) => title.length))).toBeLessThanOrEqual(120);
    for (const { startMs, durationMs } of nodes) expect(Number.isFinite(startMs + (durationMs ?? 0))).toBe(true);
  });

  it('shows the newest of many, a deep tree included, and says how many it leaves out', () => {
    const deep = Array.from({ length: 2_500 }, (_, place) =>
      traced('$ai_span', place, { $ai_span_id: `s${place}`, $ai_parent_id: `s${place - 1}` }),
    );
    const started = performance.now();
    const { turns, hidden } = conversationOf(deep);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(hidden).toBe(500);
    expect(turns[0]?.nodes).toHaveLength(2_000);
    expect(turns[0]?.nodes.at(-1)?.depth).toBe(1_999);
  });
});

function conversationOf(events: readonly AnalyticsEvent[]): Conversation {
  const store = new EventStore(10_000, 1e8);
  const tap = new InboxTap(store);
  tap.write(events);
  const conversation = sessionTimeline(new EventView(store, tap), 's1');
  if (conversation === undefined) throw new Error('there is nothing of the session');
  return conversation;
}

function brief(node: TimelineNode): string {
  const { depth, kind, title, startMs, durationMs, firstMs, outcome, reason, inputTokens, costUsd } = node;
  const first = firstMs === null ? '' : ` first ${firstMs}`;
  const tokens = inputTokens === null ? '' : ` ${inputTokens} in`;
  const cost = costUsd === null ? '' : ` $${costUsd}`;
  const end = reason === null ? String(outcome) : `${String(outcome)}: ${reason}`;
  return `${depth} ${kind} ${title} +${startMs} ${durationMs}${first} ${end}${tokens}${cost}`;
}
