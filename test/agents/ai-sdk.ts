import { setImmediate as tick } from 'node:timers/promises';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import type { AgentFramework } from './framework.js';
import {
  executeTool,
  MODEL,
  NESTED_MODEL,
  PROMPT,
  PROVIDER_ERROR,
  ProviderError,
  SYSTEM,
  TOOL_DESCRIPTION,
  TOOL_INPUT,
  toolResults,
  USAGE,
  type Script,
  type Step,
} from './script.js';
import type { Scenario } from './scenarios.js';

/** What the scenarios use of the package, in either version. */
export interface AiPackage {
  generateText(options: object): Promise<{ response: { messages: Message[] } }>;
  streamText(options: object): { fullStream: AsyncIterable<{ type: string }> };
  embed(options: object): Promise<unknown>;
  tool(definition: object): unknown;
  jsonSchema(schema: object): unknown;
}

export interface AiVersion {
  readonly name: string;
  readonly specification: 'v3' | 'v4';
  readonly stopAfter: (steps: number) => unknown;
  /** The name of the option that names a call. */
  readonly telemetry: 'telemetry' | 'experimental_telemetry';
  readonly differences?: AgentFramework['differences'];
}

interface Message {
  readonly role: string;
  readonly content: string | readonly { readonly type: string; readonly approvalId?: string }[];
}

/** The scenarios as an application of the AI SDK writes them. The models are singletons: they keep nothing of a run. */
export function aiSdkFramework(ai: AiPackage, version: AiVersion): AgentFramework {
  const named = (functionId: string) => ({ [version.telemetry]: { functionId } });
  const call = (scenario: Scenario, more: object) => ({
    model: scriptedAiModel(version.specification, scenario.script.steps),
    system: SYSTEM,
    tools: toolsFor(scenario.script),
    stopWhen: version.stopAfter(scenario.maxSteps ?? 5),
    maxRetries: 1,
    // Without it the SDK prints errors.
    onError: () => undefined,
    ...named('copilot'),
    ...more,
  });

  const toolsFor = (script: Script) => {
    const definition = (name: keyof typeof toolResults) => ({
      description: TOOL_DESCRIPTION,
      inputSchema: ai.jsonSchema({ type: 'object', properties: { query: { type: 'string' } } }),
      execute: () => (name === 'ask_researcher' ? research(script) : executeTool(name)),
      needsApproval: name === 'delete_agent',
    });
    return Object.fromEntries(
      (Object.keys(toolResults) as (keyof typeof toolResults)[]).map((name) => [name, ai.tool(definition(name))]),
    );
  };
  const research = async (script: Script): Promise<unknown> => {
    return ai.generateText({
      model: scriptedAiModel(version.specification, script.nested ?? [], NESTED_MODEL),
      prompt: PROMPT,
      tools: toolsFor(script),
      stopWhen: version.stopAfter(5),
      ...named('researcher'),
    });
  };

  return {
    name: version.name,
    integrations: () => [aiSdk()],
    async ask(scenario) {
      const stop = new AbortController();
      if (scenario.streams !== true) return ai.generateText(call(scenario, { prompt: PROMPT }));
      const abortSignal = scenario.act === 'ask and stop' ? stop.signal : undefined;
      for await (const part of ai.streamText(call(scenario, { prompt: PROMPT, abortSignal })).fullStream) {
        if (part.type !== 'text-delta') continue;
        if (scenario.act === 'ask and read nothing more') break;
        if (scenario.act === 'ask and stop') stop.abort();
      }
      return undefined;
    },
    async answer(scenario, asked, approved) {
      const { messages } = (asked as { response: { messages: Message[] } }).response;
      const question = messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content));
      const approvalId = question.find(({ type }) => type === 'tool-approval-request')?.approvalId;
      const answer = { role: 'tool', content: [{ type: 'tool-approval-response', approvalId, approved }] };
      await ai.generateText(call(scenario, { messages: [{ role: 'user', content: PROMPT }, ...messages, answer] }));
    },
    async embed() {
      await ai.embed({ model: scriptedEmbedder(version), value: PROMPT });
    },
    ...(version.differences !== undefined && { differences: version.differences }),
  };
}

/** A model that says its script; where it is in it, it reads from the conversation. */
export function scriptedAiModel(specification: 'v3' | 'v4', steps: readonly Step[], modelId: string = MODEL) {
  let attempts = 0;
  const next = (prompt: readonly Message[]): Step => {
    const step = steps[prompt.filter(({ role }) => role === 'assistant').length];
    if (step === undefined) throw new Error('the script is at its end');
    if (step.error === 'fatal' || (step.error === 'retryable' && attempts++ === 0)) {
      throw step.error === 'fatal' ? new ProviderError(PROVIDER_ERROR) : retryableError();
    }
    return step;
  };
  return {
    specificationVersion: specification,
    provider: 'scripted',
    modelId,
    supportedUrls: {},
    doGenerate: async ({ prompt }: { prompt: readonly Message[] }) => {
      await tick();
      const step = next(prompt);
      return { content: contentOf(step), finishReason: finishOf(step), usage, providerMetadata, warnings: [] };
    },
    doStream: async ({ prompt, abortSignal }: { prompt: readonly Message[]; abortSignal?: AbortSignal }) => {
      await tick();
      const step = next(prompt);
      return { stream: streamOf(step, abortSignal) };
    },
  };
}

function scriptedEmbedder({ specification }: AiVersion) {
  return {
    specificationVersion: specification,
    provider: 'scripted',
    modelId: 'embedder-1',
    maxEmbeddingsPerCall: 10,
    supportsParallelCalls: true,
    doEmbed: async ({ values }: { values: string[] }) => {
      return { embeddings: values.map(() => [0.5, 0.25]), usage: { tokens: 3 }, warnings: [] };
    },
  };
}

const usage = {
  inputTokens: {
    total: USAGE.input,
    noCache: USAGE.input - USAGE.cacheRead,
    cacheRead: USAGE.cacheRead,
    cacheWrite: 0,
  },
  outputTokens: { total: USAGE.output, text: USAGE.output - USAGE.reasoning, reasoning: USAGE.reasoning },
  raw: { cost: USAGE.cost },
};

/** As OpenRouter's provider tells the cost. */
const providerMetadata = { openrouter: { usage: { cost: USAGE.cost } } };

function contentOf({ text, calls = [] }: Step): object[] {
  const asked = calls.map(({ id, tool }) => {
    return { type: 'tool-call', toolCallId: id, toolName: tool, input: JSON.stringify(TOOL_INPUT) };
  });
  return text === undefined ? asked : [{ type: 'text', text }, ...asked];
}

function finishOf({ calls, breaks }: Step) {
  const reason = breaks === true ? 'error' : calls === undefined ? 'stop' : 'tool-calls';
  return { unified: reason, raw: reason };
}

function streamOf(step: Step, signal: AbortSignal | undefined): ReadableStream<object> {
  const parts: object[] = [{ type: 'stream-start', warnings: [] }];
  for (const part of contentOf(step)) {
    const { type, text } = part as { type: string; text?: string };
    if (type !== 'text') parts.push(part);
    else
      parts.push(
        { type: 'text-start', id: 't' },
        { type: 'text-delta', id: 't', delta: text },
        { type: 'text-end', id: 't' },
      );
  }
  if (step.breaks === true) parts.push({ type: 'error', error: new ProviderError(PROVIDER_ERROR) });
  if (step.hangs !== true) parts.push({ type: 'finish', finishReason: finishOf(step), usage, providerMetadata });
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      if (step.hangs !== true) controller.close();
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
  });
}

/** An error that the SDK tries again after, told by its own mark; at once, because the answer says so. */
function retryableError(): Error {
  const error = new ProviderError(PROVIDER_ERROR);
  const mark = Symbol.for('vercel.ai.error');
  const call = Symbol.for('vercel.ai.error.AI_APICallError');
  return Object.assign(error, {
    [mark]: true,
    [call]: true,
    isRetryable: true,
    responseHeaders: { 'retry-after-ms': '1' },
  });
}
