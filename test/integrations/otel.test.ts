import { context, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { AnalyticsContext } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { otel, type OtelOptions } from 'nestjs-agent-analytics/otel';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentApp } from '../agents/agent-app.js';
import { storyOf } from '../agents/story.js';

let app: AgentApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** An application that is told of spans made by hand, with the conventions' names. */
async function telling(spans: (spans: HandMade) => void, options: OtelOptions = {}, more = {}): Promise<AgentApp> {
  const analytics = otel(options);
  const provider = new BasicTracerProvider({ spanProcessors: [analytics.processor] });
  app = await AgentApp.start({ integrations: [analytics], ...more });
  await app.as('ada', async () => spans(new HandMade(provider)));
  return app;
}

class HandMade {
  constructor(
    private readonly provider: BasicTracerProvider,
    private readonly scope = 'by hand',
  ) {}

  of(scope: string): HandMade {
    return new HandMade(this.provider, scope);
  }

  /** A span beneath this one, which the caller ends. */
  open(name: string, attributes: Attributes, parent?: Span): Span {
    const around = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
    return this.provider.getTracer(this.scope).startSpan(name, { attributes }, around);
  }

  /** A span that has come to its end, with these attributes at the end. */
  told(name: string, attributes: Attributes, parent?: Span, end: Attributes = {}): void {
    const span = this.open(name, attributes, parent);
    span.setAttributes(end).end();
  }
}

const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'copilot' };
const chat = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'm-1' };
const answered = {
  'gen_ai.response.finish_reasons': ['stop'],
  'gen_ai.usage.input_tokens': 100,
  'gen_ai.usage.output_tokens': 20,
};
const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'find_agent' };

describe('Spans of the GenAI conventions', () => {
  it('are a tree of runs, tools and calls of models, whatever other spans stand between them', async () => {
    const { events } = await story((spans) => {
      const request = spans.open('POST /chat', { 'http.request.method': 'POST' });
      const run = spans.open('invoke_agent copilot', agent, request);
      const step = spans.open('step 1', { 'gen_ai.operation.name': 'plan' }, run);
      spans.told('chat m-1', chat, step, answered);
      const call = spans.open('execute_tool', { ...tool, 'gen_ai.tool.call.id': 'call-1' }, step);
      const http = spans.open('GET', { 'http.request.method': 'GET' }, call);
      const nested = spans.open('invoke_workflow', { ...agent, 'gen_ai.agent.name': 'researcher' }, http);
      spans.told('chat m-2', { ...chat, 'gen_ai.request.model': 'm-2' }, nested, answered);
      for (const span of [nested, http, call, step, run, request]) span.end();
    });
    expect(events).toBe(`message_sent
tool_called find_agent call-1 success
agent_run_success copilot success tools 1/0 generations 2 tokens 200/40 cost null m-2
response_completed success tools 1/0
trace copilot success
  generation m-1 100/20 stop
  tool find_agent call-1 success
    agent researcher success
      generation m-2 100/20 stop`);
  });

  it('with the names of former years tell the same', async () => {
    const former: Attributes[] = [
      { 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm-1' },
      { 'llm.request.type': 'chat', 'gen_ai.system': 'OpenAI', 'gen_ai.request.model': 'm-1' },
      { 'ai.operationId': 'ai.streamText.doStream', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm-1' },
      { 'gen_ai.operation.name': 'text_completion', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'm-1' },
    ];
    const end = {
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 20,
      'gen_ai.usage.cache_read_input_tokens': 40,
      'gen_ai.completion.0.finish_reason': 'stop',
      'gen_ai.completion.0.tool_calls.0.name': 'find_agent',
    };
    const { events } = await story((spans) => {
      for (const attributes of former) spans.told('former', attributes, undefined, end);
      spans.told('ai.toolCall', {
        'ai.operationId': 'ai.toolCall',
        'ai.toolCall.name': 'a',
        'ai.toolCall.id': 'call-1',
      });
      spans.told('b.tool', { 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'b' });
      spans.told('x.task', { 'traceloop.span.kind': 'task', 'traceloop.entity.name': 'x' });
    });
    expect(events.match(/generation m-1 100\(40 cached\)\/20 stop asks find_agent/g)).toHaveLength(4);
    expect(events).toMatch(/tool_called a call-1 success\ntool_called b \S+ success\n/);
  });

  it('carry cached, reasoning and first tokens, cost, address and status', async () => {
    const { of } = await story((spans) =>
      spans.told('chat', { ...chat, 'server.address': 'api.example.com', 'server.port': 443 }, undefined, {
        ...answered,
        'gen_ai.response.model': 'm-1-2026',
        'gen_ai.usage.cache_read.input_tokens': 40,
        'gen_ai.usage.cache_creation.input_tokens': 8,
        'gen_ai.usage.reasoning.output_tokens': 5,
        'gen_ai.usage.cost': 0.25,
        'gen_ai.response.time_to_first_chunk': 0.125,
        'gen_ai.client.operation.duration': 1.5,
        'http.response.status_code': 200,
      }),
    );
    expect(of('$ai_generation')).toMatchObject([
      {
        $ai_provider: 'openai',
        $ai_model: 'm-1-2026',
        $ai_cache_read_input_tokens: 40,
        $ai_cache_creation_input_tokens: 8,
        $ai_cache_reporting_exclusive: false,
        $ai_reasoning_tokens: 5,
        $ai_total_cost_usd: 0.25,
        $ai_time_to_first_token: 0.125,
        $ai_latency: 1.5,
        $ai_base_url: 'https://api.example.com',
        $ai_http_status: 200,
      },
    ]);
  });

  it('of several calls of models beneath no agent are no run', async () => {
    const { events, of } = await story((spans) => {
      const request = spans.open('POST /chat', {});
      spans.told('chat', chat, request, answered);
      spans.told('chat', chat, request, answered);
      request.end();
    });
    expect(events).toBe('generation m-1 100/20 stop\ngeneration m-1 100/20 stop');
    const [first, second] = of('$ai_generation');
    expect(first?.['$ai_trace_id']).toBe(second?.['$ai_trace_id']);
  });

  it('of several runs within one request are traces of their own', async () => {
    const { events, of } = await story((spans) => {
      const request = spans.open('POST /chat', {});
      for (const name of ['a', 'b']) {
        const run = spans.open(name, { ...agent, 'gen_ai.agent.name': name }, request);
        spans.told('chat', chat, run, answered);
        run.end();
      }
      spans.told('create_agent', { 'gen_ai.operation.name': 'create_agent', 'gen_ai.agent.name': 'c' }, request);
      request.end();
    });
    expect(events.match(/agent_run_success \w/g)).toEqual(['agent_run_success a', 'agent_run_success b']);
    expect(of('$ai_trace').map((p) => p['$ai_span_name'])).toEqual(['a', 'b', 'c']);
    expect(new Set(of('$ai_trace').map((p) => p['$ai_trace_id'])).size).toBe(3);
  });

  it('say by status, error.type or exception that something failed, and how', async () => {
    const { events, of } = await story((spans) => {
      const run = spans.open('invoke_agent', agent);
      spans.told('chat', { ...chat, 'error.type': '429' }, run);
      const broken = spans.open('execute_tool', { ...tool, 'gen_ai.tool.call.id': 'call-1' }, run);
      broken.recordException(new TypeError('secret'));
      broken.setStatus({ code: SpanStatusCode.ERROR, message: 'secret' }).end();
      spans.told('execute_tool', { ...tool, 'gen_ai.tool.call.id': 'call-2', 'error.type': 'Timeout' }, run);
      run.setStatus({ code: SpanStatusCode.ERROR }).end();
    });
    expect(events).toBe(`message_sent
tool_called find_agent call-1 error TypeError
tool_called find_agent call-2 error Timeout
agent_run_failed copilot error tools 2/2 generations 1 tokens null/null cost null m-1
response_completed error tools 2/2
trace copilot error
  generation m-1 error Error 429
  tool find_agent call-1 error TypeError
  tool find_agent call-2 error Timeout`);
    expect(JSON.stringify(of('copilot_tool_called'))).not.toContain('secret');
  });

  it('that end with nothing of an answer were cut off; a failure called AbortError too', async () => {
    const { events } = await story((spans) => {
      const run = spans.open('invoke_agent', agent);
      spans.told('chat', chat, run, answered);
      spans.told('chat', chat, run);
      run.end();
      spans.told('chat', { ...chat, 'error.type': 'APIUserAbortError' });
      const quiet = spans.open('chat', { ...chat, 'gen_ai.request.model': 'quiet' });
      quiet.setStatus({ code: SpanStatusCode.OK }).end();
    });
    expect(events).toMatch(/^agent_run_failed copilot aborted user_stopped/m);
    expect(events).toMatch(/\n {2}generation m-1 aborted aborted user_stopped/);
    expect(events).toMatch(/\ngeneration m-1 aborted aborted user_stopped/);
    expect(events).toMatch(/\ngeneration quiet$/m);
  });

  it('that show only at their end what they are hang where they belong', async () => {
    const { events } = await story((spans) => {
      const run = spans.open('invoke_agent', agent);
      spans.told('a call', {}, run, { ...chat, ...answered });
      spans.told('a tool', {}, run, { ...tool, 'gen_ai.tool.call.id': 'call-1' });
      run.end();
    });
    expect(events).toMatch(/tools 1\/0 generations 1 tokens 100\/20/);
    expect(events).toMatch(
      /trace copilot success\n {2}generation m-1 100\/20 stop\n {2}tool find_agent call-1 success$/,
    );
  });

  it('that tell one call twice count once', async () => {
    const embeddings = { ...chat, 'gen_ai.operation.name': 'embeddings' };
    const { events } = await story((spans) => {
      const outer = spans.open('chat by the framework', chat);
      spans.told('chat by its client', chat, outer, answered);
      outer.setAttributes(answered).end();
      const embedding = spans.open('embeddings', embeddings);
      spans.told('embeddings', embeddings, embedding, { 'gen_ai.usage.input_tokens': 3 });
      embedding.end();
      const call = spans.open('execute_tool', { ...tool, 'gen_ai.tool.call.id': 'call-1' });
      spans.told('tools/call', tool, call);
      call.end();
    });
    expect(events).toBe(`tool_called find_agent call-1 success
embedding m-1 3
generation m-1 100/20 stop
tool find_agent call-1 success`);
  });

  it('that name no tool call wait for none, so that nobody’s next run is taken for theirs', async () => {
    const asked = { role: 'assistant', parts: [{ type: 'tool_call', name: 'ask_user', arguments: {} }] };
    const { events, of } = await story((spans) => {
      const messages = JSON.stringify([asked]);
      const ending = { 'gen_ai.response.finish_reasons': ['tool_calls'], 'gen_ai.output.messages': messages };
      spans.told('invoke_agent', agent, undefined, ending);
      spans.told('invoke_agent', { ...agent, 'gen_ai.input.messages': messages }, undefined, answered);
    });
    expect(events).toMatch(/^agent_run_failed copilot step_limit/m);
    const [next] = of('copilot_agent_run_success');
    expect(next?.['execution_id']).toBe(next?.['$ai_trace_id']);
  });

  it('have the session of their conversation where the context has none, and the person of the context', async () => {
    const analytics = otel();
    const spans = new HandMade(new BasicTracerProvider({ spanProcessors: [analytics.processor] }));
    app = await AgentApp.start({ integrations: [analytics] });
    const said = { ...chat, 'gen_ai.conversation.id': 'thread-1', 'posthog.distinct_id': 'somebody' };
    AnalyticsContext.run({ userId: 'ada' }, () => spans.told('chat', said, undefined, answered));
    AnalyticsContext.run({ userId: 'ada', sessionId: 's-1' }, () => spans.told('chat', said, undefined, answered));
    spans.told('chat', said, undefined, answered);
    const events = await app.events();
    expect(events.map(({ distinct_id, properties: p }) => [distinct_id, p['session_id']])).toEqual([
      ['ada', 'thread-1'],
      ['ada', 's-1'],
      ['somebody', 'thread-1'],
    ]);
  });

  it('let content out by name only, in the shapes of any year', async () => {
    const input = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'MARKER-PROMPT' }] }]);
    const call = { type: 'tool_call', id: 'c', name: 'find_agent', arguments: { q: 'MARKER-ARGUMENT' } };
    const result = { type: 'tool_call_response', id: 'c', response: 'MARKER-RESULT' };
    const output = JSON.stringify([
      { role: 'assistant', parts: [{ type: 'text', content: 'MARKER-COMPLETION' }, call, result] },
    ]);
    const spans = (made: HandMade): void => {
      made.told('chat', { ...chat, 'gen_ai.input.messages': input, 'gen_ai.output.messages': output });
      made.told(
        'former',
        { ...chat, 'gen_ai.prompt.0.content': 'MARKER-PROMPT', 'gen_ai.prompt.0.role': 'user' },
        undefined,
        {
          'gen_ai.completion.0.content': 'MARKER-COMPLETION',
          'gen_ai.completion.0.tool_calls.0.name': 'find_agent',
          'gen_ai.completion.0.tool_calls.0.arguments': '{"q":"MARKER-ARGUMENT"}',
        },
      );
    };
    const marked = async (captureContent: string[]) => {
      const current = await telling(spans, {}, { captureContent });
      await current.events();
      const text = current.everythingSaid;
      await current.close();
      app = undefined;
      return ['PROMPT', 'COMPLETION', 'ARGUMENT', 'RESULT'].map((kind) => text.split(`MARKER-${kind}`).length - 1);
    };
    expect(await marked([])).toEqual([0, 0, 0, 0]);
    expect(await marked(['prompts'])).toEqual([2, 0, 0, 0]);
    expect(await marked(['completions'])).toEqual([0, 2, 0, 0]);
    expect(await marked(['completions', 'toolArguments', 'toolResults'])).toEqual([0, 2, 2, 1]);
  });
});

describe('An attribute that was cut, or is too long to be read,', () => {
  const asked = [
    { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
    { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'find', arguments: { q: 'MARKER' } }] },
    { role: 'user', parts: [{ type: 'text', content: 'again'.repeat(100) }] },
  ];
  const cut = JSON.stringify(asked).slice(0, 300);
  const long = JSON.stringify([...asked, { role: 'user', parts: [{ type: 'text', content: 'x'.repeat(2_000_000) }] }]);
  const propertiesOf = async (input: string, kind: string, more: Attributes = {}) => {
    const messages = {
      'gen_ai.input.messages': input,
      'ai.response.providerMetadata': '{"openrouter":{"usage',
      ...more,
    };
    const spans = (spans: HandMade) => {
      const run = spans.open('invoke_agent', { ...agent, ...messages });
      spans.told('chat', { ...chat, ...messages, 'gen_ai.tool.definitions': input }, run, answered);
      spans.told('execute_tool', { ...tool, 'gen_ai.tool.call.result': input }, run);
      run.setAttributes(answered).end();
    };
    return (await telling(spans, {}, { captureContent: [kind] })).events();
  };

  it.each([
    ['cut', cut, 'prompts', {}],
    [
      'cut beside instructions',
      cut,
      'prompts',
      { 'gen_ai.system_instructions': '[{"type":"text","content":"INSTRUCTION' },
    ],
    ['cut', cut, 'toolResults', {}],
    ['cut', cut, 'toolDefinitions', {}],
    ['too long', long, 'prompts', {}],
  ])('is not taken for a text (%s; %#)', async (_, input, kind, more) => {
    const events = await propertiesOf(input, kind, more);
    const sent = events.find(({ event }) => event === 'copilot_message_sent');
    expect(sent?.properties['message_length']).toBeNull();
    expect(events.map(({ event }) => event)).toContain('$ai_generation');
    expect(JSON.stringify(events)).not.toMatch(/MARKER|again|INSTRUCTION/);
  });

  it('leaves the instructions, and a message whose length is not known', async () => {
    const events = await propertiesOf(cut, 'prompts', {
      'gen_ai.system_instructions': '[{"type":"text","content":"INSTRUCTION"}]',
    });
    expect(events.find(({ event }) => event === 'copilot_message_sent')?.properties['message_length']).toBeNull();
  });
});

describe('otel()', () => {
  it('hears nothing before the application has started and after it has left, and starts again with the next', async () => {
    const analytics = otel();
    const spans = new HandMade(new BasicTracerProvider({ spanProcessors: [analytics.processor] }));
    const early = spans.open('chat', { ...chat, 'gen_ai.request.model': 'early' });
    for (let i = 0; i < 2; i++) {
      app = await AgentApp.start({ integrations: [analytics] });
      early.end();
      spans.told('chat', chat, undefined, answered);
      expect(storyOf(await app.events())).toBe('generation m-1 100/20 stop');
      await app.close();
      app = undefined;
      spans.told('chat', { ...chat, 'gen_ai.request.model': 'late' }, undefined, answered);
    }
  });

  it('is left out beside an integration that would see the same calls, with a warning that says what to do', async () => {
    const analytics = otel();
    const spans = new HandMade(new BasicTracerProvider({ spanProcessors: [analytics.processor] }));
    app = await AgentApp.start({ integrations: [aiSdk(), analytics] });
    spans.told('chat', chat, undefined, answered);
    expect(await app.events()).toEqual([]);
    expect(app.everythingSaid).toMatch(/aiSdk\(\) and otel\(\).*except.*\(NAA601\)/);
  });

  it('lives beside it where it excepts it, and hears the others; beneath such spans the context tells the place', async () => {
    const analytics = otel({ except: ['ai-sdk', 'my-client'] });
    const spans = new HandMade(new BasicTracerProvider({ spanProcessors: [analytics.processor] }));
    app = await AgentApp.start({ integrations: [aiSdk(), analytics] });
    const run = spans.of('gen_ai').open('invoke_agent', agent);
    spans.of('gen_ai').told('chat', chat, run, answered);
    spans.of('my-client').told('chat', chat, run, answered);
    spans.told('chat', { ...chat, 'gen_ai.request.model': 'm-2' }, run, answered);
    run.end();
    expect(storyOf(await app.events())).toBe('generation m-2 100/20 stop');
    expect(app.everythingSaid).not.toContain('NAA601');
  });

  it('throws nothing into OpenTelemetry, whatever a span is made of', async () => {
    const current = await telling((spans) => {
      const odd = { ...agent, 'gen_ai.input.messages': '[null, 7, {"role": 5, "parts": {"a": 1}}]' };
      const run = spans.open('odd', odd);
      spans.told('odd', { ...chat, 'gen_ai.output.messages': '{"messages"' }, run, answered);
      spans.told('odd', { ...chat, 'gen_ai.output.messages': '[[], "a", {"parts": [null]}]' }, run, answered);
      spans.told('odd', { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.call.arguments': '{{' }, run);
      run.end();
    });
    const told = storyOf(await current.events());
    expect(told).toMatch(/agent_run_success copilot success tools 1\/0 generations 2/);
    expect(current.everythingSaid).not.toContain('NAA602');
  });
});

async function story(spans: (spans: HandMade) => void) {
  const told = await (await telling(spans)).events();
  const of = (name: string) => told.filter(({ event }) => event === name).map(({ properties }) => properties);
  return { events: storyOf(told), of };
}
