import { posthogAiClient, type PostHogAiMessage } from 'nestjs-agent-analytics/posthog-ai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentApp } from '../agents/agent-app.js';
import { contentIn } from '../agents/play-scenarios.js';

let app: AgentApp;
beforeEach(async () => {
  app = await AgentApp.start({});
});
afterEach(() => app.close());

/** What the OpenAI wrapper of @posthog/ai 8.13.1 hands to its client for a chat completion that asks for a tool. */
const message: PostHogAiMessage = {
  distinctId: 'a-trace-id',
  event: '$ai_generation',
  properties: {
    $ai_lib: 'posthog-ai',
    $ai_provider: 'openai',
    $ai_model: 'gpt-5',
    $ai_model_parameters: { user: 'MARKER' },
    $ai_input: [{ role: 'user', content: 'MARKER' }],
    $ai_output_choices: [
      { role: 'assistant', content: [{ type: 'function', id: 'c1', function: { name: 'find', arguments: 'MARKER' } }] },
    ],
    $ai_http_status: 200,
    $ai_input_tokens: 10,
    $ai_output_tokens: 2,
    $ai_cache_read_input_tokens: 4,
    $ai_cache_reporting_exclusive: false,
    $ai_latency: 1.5,
    $ai_time_to_first_token: 0.25,
    $ai_trace_id: 'a-trace-id',
    $ai_base_url: 'https://api.openai.com/v1/accounts/MARKER',
    plan: 'pro',
    $process_person_profile: false,
    $ai_stop_reason: 'tool_calls',
    $ai_tools: [{ type: 'function', function: { name: 'find', description: 'MARKER' } }],
    $ai_usage: { note: 'MARKER' },
  },
};

describe('A client for the wrappers of @posthog/ai', () => {
  it('tells their calls of models with the context’s person and trace, without content', async () => {
    const client = posthogAiClient(app.analytics);
    await app.as('ada', async () => client.capture(message), { traceId: 't1', parentSpanId: 't1' });
    const [event, ...more] = await app.events();
    expect(more).toEqual([]);
    expect(event).toMatchObject({ event: '$ai_generation', distinct_id: 'ada' });
    expect(event?.properties).toMatchObject({
      session_id: 'session-ada',
      $ai_trace_id: 't1',
      $ai_parent_id: 't1',
      $ai_provider: 'openai',
      $ai_model: 'gpt-5',
      $ai_input_tokens: 10,
      $ai_output_tokens: 2,
      $ai_cache_read_input_tokens: 4,
      $ai_latency: 1.5,
      $ai_time_to_first_token: 0.25,
      $ai_stop_reason: 'tool_calls',
      $ai_tools_called: 'find',
      $ai_base_url: 'https://api.openai.com',
      plan: 'pro',
    });
    expect(contentIn(app)).toBe(0);
  });

  it('takes the trace that a wrapper has, outside any other only', async () => {
    const client = posthogAiClient(app.analytics);
    client.capture(message);
    await app.as('ada', async () => client.capture(message));
    await app.as('ada', async () => client.capture(message), { traceId: 't1' });
    const { $ai_trace_id: _, ...without } = message.properties ?? {};
    client.capture({ ...message, properties: without });
    const traces = (await app.events()).map(({ properties }) => properties['$ai_trace_id']);
    expect(traces.slice(0, 3)).toEqual(['a-trace-id', 'a-trace-id', 't1']);
    expect(traces[3]).toEqual(expect.any(String));
    expect(traces[3]).not.toBe('a-trace-id');
  });

  it('takes the person that the application named in the call', async () => {
    const { $process_person_profile: _, ...properties } = message.properties ?? {};
    await posthogAiClient(app.analytics).captureImmediate({ ...message, distinctId: 'bob', properties });
    expect((await app.events()).map(({ distinct_id }) => distinct_id)).toEqual(['bob']);
  });

  it('withholds what an error says', async () => {
    const failed = {
      $ai_is_error: true,
      $ai_error: '{"name":"RateLimitError","message":"MARKER"}',
      $ai_http_status: 429,
    };
    posthogAiClient(app.analytics).capture({ ...message, properties: { ...message.properties, ...failed } });
    const [event] = await app.events();
    expect(event?.properties).toMatchObject({ outcome: 'error', $ai_error: 'RateLimitError', $ai_http_status: 429 });
    expect(contentIn(app)).toBe(0);
  });

  it('tells what was stopped from what failed', async () => {
    const failed = { $ai_is_error: true, $ai_error: '{"name":"AbortError","message":"MARKER"}', $ai_http_status: 0 };
    posthogAiClient(app.analytics).capture({ ...message, properties: { ...message.properties, ...failed } });
    const [event] = await app.events();
    expect(event?.properties).toMatchObject({ outcome: 'aborted', abort_reason: 'user_stopped', $ai_is_error: false });
  });

  it('passes on nothing but calls of models', async () => {
    posthogAiClient(app.analytics).capture({ event: '$ai_trace', properties: message.properties });
    expect(await app.events()).toEqual([]);
  });
});
