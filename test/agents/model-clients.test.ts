import Anthropic from '@anthropic-ai/sdk';
import { Injectable } from '@nestjs/common';
import { AnalyticsService, TrackAgentRun, TrackGeneration, TrackMessage } from 'nestjs-agent-analytics';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import { count } from './figures.js';
import { contentIn } from './play-scenarios.js';
import { ModelServer, type Answer } from './model-server.js';
import { ANSWER, PROMPT } from './script.js';
import { storyOf } from './story.js';

let server: ModelServer;
let app: AgentApp;
beforeEach(async () => {
  server = await ModelServer.start();
  app = await AgentApp.start({ traces: true }, [Models, Copilot]);
  app.get(Models).connect(server.url);
});
afterEach(async () => {
  await app.close();
  await server.close();
});

const messages = [{ role: 'user' as const, content: PROMPT }];

@Injectable()
class Models {
  private openai!: OpenAI;
  private anthropic!: Anthropic;

  connect(baseURL: string): void {
    this.openai = new OpenAI({ apiKey: 'x', baseURL, maxRetries: 0 });
    this.anthropic = new Anthropic({ apiKey: 'x', baseURL, maxRetries: 0 });
  }

  /** Returns the client's own promise. */
  @TrackGeneration()
  chat(request: OpenAI.ChatCompletionCreateParamsNonStreaming) {
    return this.openai.chat.completions.create(request);
  }

  @TrackGeneration()
  async chatStream(request: OpenAI.ChatCompletionCreateParamsStreaming) {
    return this.openai.chat.completions.create(request);
  }

  @TrackGeneration()
  async responses(request: OpenAI.Responses.ResponseCreateParamsNonStreaming) {
    return this.openai.responses.create(request);
  }

  @TrackGeneration()
  async responsesStream(request: OpenAI.Responses.ResponseCreateParamsStreaming) {
    return this.openai.responses.create(request);
  }

  @TrackGeneration()
  async embed(request: OpenAI.EmbeddingCreateParams) {
    return this.openai.embeddings.create(request);
  }

  @TrackGeneration()
  async message(request: Anthropic.MessageCreateParamsNonStreaming) {
    return this.anthropic.messages.create(request);
  }

  @TrackGeneration()
  async messageStream(request: Anthropic.MessageCreateParamsStreaming) {
    return this.anthropic.messages.create(request);
  }

  @TrackGeneration({ generation: () => ({ provider: 'own', model: 'own-1', inputTokens: 7 }) })
  async ownClient(): Promise<string> {
    return ANSWER;
  }
}

@Injectable()
class Copilot {
  constructor(
    private readonly models: Models,
    private readonly analytics: AnalyticsService,
  ) {}

  @TrackMessage({ message: () => PROMPT })
  async answer(): Promise<void> {
    await this.run();
  }

  @TrackAgentRun()
  async run(): Promise<void> {
    await this.models.chat({ model: 'm', messages });
    this.analytics.trackGeneration({ model: 'by-hand', provider: 'own', inputTokens: 1, outputTokens: 2, costUsd: 1 });
  }
}

/** One call of a user, and the properties of the one event that tells it. */
async function told(answer: Answer, call: (models: Models) => Promise<unknown>): Promise<Record<string, unknown>> {
  server.answer = answer;
  await app.as('ada', () => call(app.get(Models)));
  const events = await app.events();
  expect(events).toHaveLength(1);
  expect(contentIn(app)).toBe(0);
  count('cells', 1);
  count('events', 1);
  const [{ event, distinct_id, properties }] = events as [(typeof events)[0]];
  expect([distinct_id, properties['session_id']]).toEqual(['ada', 'session-ada']);
  return { event, ...properties };
}

const read = async (stream: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of stream);
};

const usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 40 },
  completion_tokens_details: { reasoning_tokens: 5 },
};
const tokens = {
  $ai_input_tokens: 100,
  $ai_output_tokens: 20,
  $ai_cache_read_input_tokens: 40,
  $ai_reasoning_tokens: 5,
  $ai_cache_reporting_exclusive: false,
};
const measured = { $ai_latency: expect.any(Number) as number, outcome: 'success', $ai_is_error: false };

const chat = (id: string, more = {}) => ({
  id,
  object: 'chat.completion',
  model: 'gpt-5-2026',
  choices: [
    {
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: ANSWER,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find_agent', arguments: '{"q":"MARKER"}' } }],
      },
    },
  ],
  usage: { ...usage, ...more },
});

const chunk = (delta: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  model: 'gpt-5-2026',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
});

describe('@TrackGeneration reads what the real clients answer', () => {
  it('OpenAI, a chat completion', async () => {
    const event = await told({ json: chat('chatcmpl-1') }, (models) => models.chat({ model: 'gpt-5', messages }));
    expect(event).toMatchObject({
      event: '$ai_generation',
      ...tokens,
      ...measured,
      $ai_provider: 'openai',
      $ai_model: 'gpt-5-2026',
      $ai_stop_reason: 'tool_calls',
      $ai_tools_called: 'find_agent',
      $ai_tool_call_count: 1,
    });
  });

  it('OpenRouter, a chat completion with its cost', async () => {
    const event = await told({ json: chat('gen-1', { cost: 0.25 }) }, (m) => m.chat({ model: 'a/b', messages }));
    expect(event).toMatchObject({
      $ai_provider: 'openrouter',
      $ai_total_cost_usd: 0.25,
      $ai_cost_passthrough: true,
      ...tokens,
    });
  });

  it('OpenAI, a chat completion as a stream', async () => {
    const stream = [
      chunk({ role: 'assistant', content: ANSWER }),
      chunk({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'find_agent', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"q":"MARKER"}' } }] }),
      { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
      { ...chunk({}), choices: [], usage },
    ];
    const event = await told({ stream }, async (models) => {
      await read(await models.chatStream({ model: 'gpt-5', messages, stream: true }));
    });
    expect(event).toMatchObject({
      ...tokens,
      ...measured,
      $ai_provider: 'openai',
      $ai_model: 'gpt-5-2026',
      $ai_stream: true,
      $ai_stop_reason: 'tool_calls',
      $ai_tools_called: 'find_agent',
      $ai_time_to_first_token: expect.any(Number) as number,
    });
  });

  const response = {
    id: 'resp_1',
    object: 'response',
    model: 'gpt-5-2026',
    status: 'completed',
    output: [
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: ANSWER }] },
      { type: 'function_call', name: 'find_agent', call_id: 'c1', arguments: '{"q":"MARKER"}' },
    ],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 20,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 120,
    },
  };

  it('OpenAI, a response', async () => {
    const event = await told({ json: response }, (models) => models.responses({ model: 'gpt-5', input: PROMPT }));
    const expected = { $ai_provider: 'openai', $ai_stop_reason: 'completed', $ai_tools_called: 'find_agent' };
    expect(event).toMatchObject({ ...tokens, ...measured, ...expected });
  });

  it('OpenAI, a response as a stream', async () => {
    const stream = [
      { type: 'response.created', response: { ...response, status: 'in_progress', usage: null, output: [] } },
      { type: 'response.output_text.delta', delta: ANSWER },
      { type: 'response.completed', response },
    ];
    const event = await told({ stream }, async (models) => {
      await read(await models.responsesStream({ model: 'gpt-5', input: PROMPT, stream: true }));
    });
    expect(event).toMatchObject({ ...tokens, ...measured, $ai_stream: true, $ai_tools_called: 'find_agent' });
  });

  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-5',
    content: [
      { type: 'text', text: ANSWER },
      { type: 'tool_use', id: 'c1', name: 'find_agent', input: { q: 'MARKER' } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 60, cache_read_input_tokens: 40, cache_creation_input_tokens: 8, output_tokens: 20 },
  };
  const anthropic = {
    $ai_provider: 'anthropic',
    $ai_model: 'claude-5',
    $ai_input_tokens: 60,
    $ai_cache_read_input_tokens: 40,
    $ai_cache_creation_input_tokens: 8,
    $ai_output_tokens: 20,
    $ai_cache_reporting_exclusive: true,
    $ai_stop_reason: 'tool_use',
    $ai_tools_called: 'find_agent',
  };
  const request = { model: 'claude', max_tokens: 10, messages };

  it('Anthropic, a message', async () => {
    const event = await told({ json: message }, (models) => models.message(request));
    expect(event).toMatchObject({ ...anthropic, ...measured });
  });

  it('Anthropic, a message as a stream', async () => {
    const stream = [
      {
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ANSWER } },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'c1', name: 'find_agent', input: {} },
      },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 20 } },
      { type: 'message_stop' },
    ];
    const event = await told({ stream }, async (models) => {
      await read(await models.messageStream({ ...request, stream: true }));
    });
    expect(event).toMatchObject({ ...anthropic, ...measured, $ai_stream: true });
  });

  it('OpenAI, embeddings', async () => {
    const json = {
      object: 'list',
      model: 'embed-3',
      data: [{ embedding: [0.5] }],
      usage: { prompt_tokens: 3, total_tokens: 3 },
    };
    const event = await told({ json }, (models) => models.embed({ model: 'embed', input: PROMPT }));
    expect(event).toMatchObject({ event: '$ai_embedding', $ai_model: 'embed-3', $ai_input_tokens: 3 });
  });

  it('an error of the provider, with its status and without its words', async () => {
    const failing = { status: 429, json: { error: { message: 'MARKER-ERROR' } } };
    const event = await told(failing, async (models) => {
      await expect(models.chat({ model: 'gpt-5', messages })).rejects.toThrow();
    });
    expect(event).toMatchObject({
      outcome: 'error',
      $ai_is_error: true,
      $ai_error: 'RateLimitError',
      $ai_http_status: 429,
      $ai_model: 'gpt-5',
    });
  });

  it('a stream that its consumer leaves', async () => {
    const stream = [chunk({ content: ANSWER }), chunk({ content: ANSWER }), chunk({ content: ANSWER })];
    const event = await told({ stream }, async (models) => {
      for await (const _ of await models.chatStream({ model: 'gpt-5', messages, stream: true })) break;
    });
    expect(event).toMatchObject({ outcome: 'aborted', abort_reason: 'client_closed', $ai_stop_reason: 'aborted' });
  });

  it('whatever its generation callback says of a client of one’s own', async () => {
    const event = await told({}, (models) => models.ownClient());
    expect(event).toMatchObject({ $ai_provider: 'own', $ai_model: 'own-1', $ai_input_tokens: 7, outcome: 'success' });
  });
});

describe('Calls of models inside a decorated run', () => {
  it('are counted for it, by decorator and by hand, and hang on its tree', async () => {
    server.answer = { json: chat('gen-1', { cost: 0.5 }) };
    await app.as('ada', () => app.get(Copilot).answer());
    expect(storyOf(await app.events())).toBe(
      `
message_sent 23
agent_run_success success tools 0/0 generations 2 tokens 101/22 cost 1.5 by-hand
response_completed success tools 0/0
trace Copilot.answer success
  agent Copilot.run success
    generation by-hand 1/2
    generation gpt-5-2026 100(40 cached)/20 tool_calls asks find_agent`.trim(),
    );
  });
});

describe('trackGeneration', () => {
  it('reads the answer that it is given, and what is told beside it wins', async () => {
    const at = new Date('2026-01-02T03:04:05.000Z');
    app.analytics.trackGeneration({
      answer: chat('chatcmpl-1'),
      model: 'alias',
      startedAt: at,
      timestamp: new Date(at.getTime() + 1_500),
      userId: 'bob',
      sessionId: 's2',
      traceId: 't/1',
      properties: { plan: 'pro' },
    });
    const [event] = await app.events();
    expect(event).toMatchObject({ event: '$ai_generation', distinct_id: 'bob', timestamp: at.toISOString() });
    expect(event?.properties).toMatchObject({ ...tokens, $ai_model: 'alias', $ai_latency: 1.5, plan: 'pro' });
    // Characters that PostHog does not allow in it: hashed.
    expect(event?.properties['$ai_trace_id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('tells an error by its class and an abort as such', async () => {
    app.analytics.trackGeneration({ model: 'm', error: new RangeError('MARKER') });
    app.analytics.trackGeneration({ model: 'm', error: new DOMException('MARKER', 'AbortError') });
    const ends = (await app.events()).map(({ properties: p }) => [p['outcome'], p['error_type'] ?? p['abort_reason']]);
    expect(ends).toEqual([
      ['error', 'RangeError'],
      ['aborted', 'user_stopped'],
    ]);
    expect(contentIn(app)).toBe(0);
  });

  it('never throws, whatever it is given', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    expect(() => app.analytics.trackGeneration({ answer: hostile })).not.toThrow();
    expect(() => app.analytics.trackGeneration(null as never)).not.toThrow();
    expect(() => app.analytics.trackGeneration({ error: hostile })).not.toThrow();
  });
});

describe('A generation that is too large for PostHog’s batches', () => {
  it('goes to its AI endpoint', async () => {
    await app.close();
    app = await AgentApp.start({ captureContent: ['prompts'] });
    const input = Array.from({ length: 20 }, () => ({ role: 'user', content: 'x'.repeat(80_000) }));
    app.analytics.trackGeneration({ model: 'm', input });
    const [event] = await app.events();
    expect(event?.path).toBe('/i/v0/ai/batch/');
    expect(event?.properties['$ai_input']).toEqual(input);
  });
});
