import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import { BaseChatModel, type BaseChatModelCallOptions } from '@langchain/core/language_models/chat_models';
import { AIMessage, AIMessageChunk, type BaseMessage } from '@langchain/core/messages';
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs';
import { Command, MemorySaver } from '@langchain/langgraph';
import { createAgent, humanInTheLoopMiddleware, modelRetryMiddleware, tool, type AgentMiddleware } from 'langchain';
import { langchain } from 'nestjs-agent-analytics/langchain';
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
import { scenarios, type Scenario } from './scenarios.js';

/** The scenarios as an application of LangChain writes them. The models are singletons: they keep nothing of a run. */
export function langChainFramework(name: string): AgentFramework {
  const agents = new Map<Script, Agent>();
  const agentFor = ({ script }: Scenario): Agent => {
    const agent = agents.get(script) ?? agentOf(script);
    agents.set(script, agent);
    return agent;
  };
  const input = { messages: [{ role: 'user', content: PROMPT }] };
  let threads = 0;

  return {
    name,
    integrations: () => [langchain()],
    async ask(scenario) {
      const config = {
        configurable: { thread_id: `thread-${threads++}` },
        // A model's step, that of the middleware after it, and that of its tools.
        ...(scenario.maxSteps !== undefined && { recursionLimit: scenario.maxSteps * 3 }),
      };
      if (scenario.streams !== true) {
        const asked = agentFor(scenario).invoke(input, config);
        await (scenario.maxSteps === undefined ? asked : asked.catch(expected('GraphRecursionError')));
        return config;
      }
      const stop = new AbortController();
      const signal = scenario.act === 'ask and stop' ? stop.signal : undefined;
      const read = async () => {
        const options = { ...config, streamMode: 'messages' as const, ...(signal && { signal }) };
        for await (const [message] of await agentFor(scenario).stream(input, options)) {
          if (message.content === '') continue;
          if (scenario.act === 'ask and read nothing more') break;
          if (scenario.act === 'ask and stop') stop.abort(new Error('the user has stopped it'));
        }
      };
      await read().catch(scenario.act === 'ask and stop' ? expected('Error') : expected('ProviderError'));
      return config;
    },
    async answer(scenario, asked, approved) {
      const decision = approved ? { type: 'approve' } : { type: 'reject', message: 'no' };
      await agentFor(scenario).invoke(new Command({ resume: { decisions: [decision] } }), asked as object);
    },
    differences: {
      'an error in the midst of the stream': {
        because:
          'what a broken stream has cost is not told: handleLLMError gets the error only (@langchain/core, src/language_models/chat_models.ts)',
        story: scenarios['an error of the provider'].story,
      },
      'a consumer that walks away': {
        because: 'LangGraph aborts a run whose stream is left, at once (@langchain/langgraph, src/pregel/stream.ts)',
        story: scenarios['an abort in the midst of the stream'].story,
      },
      'an embedding': {
        because: 'embeddings call no callbacks (langchain-ai/langchainjs#586; @langchain/core, src/embeddings.ts)',
      },
    },
  };
}

type Agent = ReturnType<typeof agentOf>;

function agentOf(script: Script) {
  const research = createAgent({
    name: 'researcher',
    model: new ScriptedChatModel(script.nested ?? [], NESTED_MODEL),
    tools: toolsFor(async () => undefined),
  });
  return createAgent({
    name: 'copilot',
    model: new ScriptedChatModel(script.steps),
    systemPrompt: SYSTEM,
    tools: toolsFor(async () => research.invoke({ messages: [{ role: 'user', content: PROMPT }] })),
    checkpointer: new MemorySaver(),
    // Their types do not hold with exactOptionalPropertyTypes.
    middleware: [
      modelRetryMiddleware({
        maxRetries: 1,
        initialDelayMs: 1,
        onFailure: 'error',
        retryOn: (error) => (error as { isRetryable?: boolean }).isRetryable === true,
      }),
      humanInTheLoopMiddleware({ interruptOn: { delete_agent: true } } as never),
    ] as unknown as AgentMiddleware[],
  });
}

function toolsFor(research: () => Promise<unknown>) {
  const schema = { type: 'object', properties: { query: { type: 'string' } } } as const;
  return (Object.keys(toolResults) as (keyof typeof toolResults)[]).map((name) => {
    const call = () => (name === 'ask_researcher' ? research() : executeTool(name));
    return tool(async () => JSON.stringify(await call()), { name, description: TOOL_DESCRIPTION, schema });
  });
}

function expected(name: string): (error: unknown) => void {
  return (error) => {
    if ((error as Error).name !== name) throw error;
  };
}

interface CallOptions extends BaseChatModelCallOptions {
  readonly tools?: readonly object[];
}

/** A model that says its script; where it is in it, it reads from the conversation. */
export class ScriptedChatModel extends BaseChatModel<CallOptions> {
  private attempts = 0;

  constructor(
    private readonly steps: readonly Step[],
    private readonly modelName: string = MODEL,
  ) {
    super({});
  }

  override _llmType(): string {
    return 'scripted';
  }

  override getLsParams() {
    return { ls_provider: 'scripted', ls_model_name: this.modelName, ls_model_type: 'chat' as const };
  }

  override bindTools(tools: readonly object[]) {
    const described = (tools as { name: string; description: string }[]).map(({ name, description }) => {
      return { type: 'function', function: { name, description } };
    });
    return this.withConfig({ tools: described });
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const step = this.next(messages);
    return { generations: [{ text: step.text ?? '', message: new AIMessage(messageOf(step) as never) }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    { signal }: CallOptions,
    run?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const step = this.next(messages);
    if (step.text !== undefined) {
      const chunk = new ChatGenerationChunk({ text: step.text, message: new AIMessageChunk(step.text) });
      yield chunk;
      await run?.handleLLMNewToken(step.text, undefined, undefined, undefined, undefined, { chunk });
    }
    if (step.breaks === true) throw new ProviderError(PROVIDER_ERROR);
    if (step.hangs === true) await aborted(signal);
    const { tool_calls: calls, ...message } = messageOf({ ...step, text: '' });
    const tool_call_chunks = calls.map(({ id, name, args }, index) => {
      return { type: 'tool_call_chunk' as const, id, name, args: JSON.stringify(args), index };
    });
    yield new ChatGenerationChunk({
      text: '',
      message: new AIMessageChunk({ ...message, tool_call_chunks } as never),
    });
  }

  private next(messages: readonly BaseMessage[]): Step {
    const step = this.steps[messages.filter((message) => message.getType() === 'ai').length];
    if (step === undefined) throw new Error('the script is at its end');
    if (step.error === 'fatal') throw new ProviderError(PROVIDER_ERROR);
    if (step.error === 'retryable' && this.attempts++ === 0) {
      throw Object.assign(new ProviderError(PROVIDER_ERROR), { isRetryable: true });
    }
    return step;
  }
}

function messageOf({ text = '', calls = [] }: Step) {
  return {
    content: text,
    tool_calls: calls.map(({ id, tool: name }) => ({ type: 'tool_call' as const, id, name, args: TOOL_INPUT })),
    usage_metadata: {
      input_tokens: USAGE.input,
      output_tokens: USAGE.output,
      total_tokens: USAGE.input + USAGE.output,
      input_token_details: { cache_read: USAGE.cacheRead },
      output_token_details: { reasoning: USAGE.reasoning },
    },
    response_metadata: {
      finish_reason: calls.length > 0 ? 'tool-calls' : 'stop',
      usage: { cost: USAGE.cost },
    } as Record<string, unknown>,
  };
}

/** Rejects once it is aborted, as requests do. */
async function aborted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
