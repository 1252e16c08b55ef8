import { context, trace, type Attributes, type Span } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { PostHog } from 'posthog-node';
import { USAGE, type Tracked } from './scripted-run.js';

/** The hooks of AI SDK 7, as it calls them. */
type Hooks = Record<string, (event: object) => void>;

/** Ours, told by `aiSdk()`'s hooks. */
export function byHooks(): Tracked {
  const { AI_SDK_TELEMETRY_INTEGRATIONS: [hooks] = [] } = globalThis as unknown as {
    AI_SDK_TELEMETRY_INTEGRATIONS?: Hooks[];
  };
  const callId = crypto.randomUUID();
  const tell = (hook: string, event: object): void => hooks?.[hook]?.({ callId, ...event });
  const model = { provider: 'openai.chat', modelId: 'm-1' };
  const toolCall = (toolCallId: string) => ({
    type: 'tool-call',
    toolCallId,
    toolName: 'find_agent',
    input: { q: 'x' },
  });
  const answer = (step: number) => ({
    finishReason: step === 0 ? 'tool-calls' : 'stop',
    content: step === 0 ? [toolCall('call-1'), toolCall('call-2')] : [{ type: 'text', text: 'here it is' }],
  });
  const usage = {
    inputTokens: USAGE.input,
    inputTokenDetails: { cacheReadTokens: USAGE.cacheRead },
    outputTokens: USAGE.output,
  };
  const messages = [{ role: 'user', content: 'find it' }];
  return {
    runBegins: () => tell('onStart', { operationId: 'ai.generateText', functionId: 'copilot', messages }),
    modelBegins: () => tell('onLanguageModelCallStart', { ...model, messages }),
    modelEnds: (step) => tell('onLanguageModelCallEnd', { ...model, ...answer(step), usage, performance: {} }),
    toolBegins: (id) => tell('onToolExecutionStart', { toolCall: toolCall(id) }),
    toolEnds: (id) =>
      tell('onToolExecutionEnd', { toolCall: toolCall(id), toolOutput: { type: 'tool-result', output: { id } } }),
    runEnds: () => tell('onEnd', answer(1)),
  };
}

/** Spans of the GenAI conventions, for whatever processor. */
export function bySpans(processor: SpanProcessor): () => Tracked {
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench');
  const open = (name: string, attributes: Attributes, parent?: Span): Span =>
    tracer.startSpan(name, { attributes }, parent ? trace.setSpan(context.active(), parent) : context.active());
  return () => {
    let [run, model]: (Span | undefined)[] = [];
    const tools = new Map<string, Span>();
    return {
      runBegins: () => {
        run = open('invoke_agent copilot', { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'copilot' });
      },
      modelBegins: () => {
        const request = { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'm-1' };
        model = open('chat m-1', { 'gen_ai.operation.name': 'chat', ...request }, run);
      },
      modelEnds: (step) => {
        model?.setAttributes({
          'gen_ai.response.finish_reasons': [step === 0 ? 'tool_calls' : 'stop'],
          'gen_ai.usage.input_tokens': USAGE.input,
          'gen_ai.usage.cache_read.input_tokens': USAGE.cacheRead,
          'gen_ai.usage.output_tokens': USAGE.output,
        });
        model?.end();
      },
      toolBegins: (id) => {
        const tool = { 'gen_ai.tool.name': 'find_agent', 'gen_ai.tool.call.id': id };
        tools.set(id, open('execute_tool find_agent', { 'gen_ai.operation.name': 'execute_tool', ...tool }, run));
      },
      toolEnds: (id) => tools.get(id)?.end(),
      runEnds: () => run?.end(),
    };
  };
}

/** An exporter that takes everything and does nothing. */
export const nullExporter: SpanExporter = {
  export: (_spans, done) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
};

export function batchProcessor(): SpanProcessor {
  return new BatchSpanProcessor(nullExporter, { maxQueueSize: 100_000 });
}

/** What `@posthog/ai` is called with for a call of a model. */
export interface PostHogAi {
  captureAiGeneration(client: PostHog, options: object): Promise<void>;
}

/** `@posthog/ai` for the calls of models, and by hand what it has no call for: tools and the run. */
export function byPostHogAi(ai: PostHogAi, posthog: PostHog): Tracked {
  const traceId = crypto.randomUUID();
  const distinctId = 'ada';
  const capture = (event: string, more: object): void => {
    posthog.capture({ distinctId, event, properties: { $ai_trace_id: traceId, $ai_session_id: 's1', ...more } });
  };
  const began = performance.now();
  return {
    runBegins: () => undefined,
    modelBegins: () => undefined,
    modelEnds: (step) => {
      void ai.captureAiGeneration(posthog, {
        distinctId,
        traceId,
        provider: 'openai',
        model: 'm-1',
        input: [{ role: 'user', content: 'find it' }],
        output: [{ role: 'assistant', content: step === 0 ? '' : 'here it is' }],
        latency: 0.1,
        httpStatus: 200,
        usage: { inputTokens: USAGE.input, outputTokens: USAGE.output, cacheReadInputTokens: USAGE.cacheRead },
        privacyMode: true,
      });
    },
    toolBegins: () => undefined,
    toolEnds: (id) => capture('$ai_span', { $ai_span_id: id, $ai_parent_id: traceId, $ai_span_name: 'find_agent' }),
    runEnds: () => capture('$ai_trace', { $ai_span_name: 'copilot', $ai_latency: (performance.now() - began) / 1_000 }),
  };
}
