import {
  Agent,
  BatchTraceProcessor,
  MaxTurnsExceededError,
  OpenAIResponsesModel,
  Runner,
  setTraceProcessors,
  setTracingDisabled,
  tool,
  type AgentOptions,
  type NonStreamRunOptions,
  type Tool,
} from '@openai/agents';
import { openAiAgents } from 'nestjs-agent-analytics/openai-agents';
import OpenAI from 'openai';
import type { AgentFramework } from './framework.js';
import { scriptedResponses } from './openai-responses.js';
import type { Scenario } from './scenarios.js';
import {
  executeTool,
  MODEL,
  NESTED_MODEL,
  PROMPT,
  SYSTEM,
  TOOL_DESCRIPTION,
  toolResults,
  type Script,
} from './script.js';

// Off while NODE_ENV is test. The SDK's own kind of exporter stands before ours, as OpenAI's does in an application.
setTracingDisabled(false);
setTraceProcessors([new BatchTraceProcessor({ export: async () => undefined })]);

/** The scenarios as an application of OpenAI Agents writes them, on the SDK's own model: its client alone is scripted. */
export function openAiAgentsFramework(differences: AgentFramework['differences'] = {}): AgentFramework {
  const agents = new Map<Script, Agent>();
  const runner = new Runner();

  const agentFor = (script: Script): Agent => {
    const agent = agents.get(script) ?? new Agent({ ...definition(script), name: 'copilot' });
    agents.set(script, agent);
    return agent;
  };

  const run = (agent: Agent, options: NonStreamRunOptions) => runner.run(agent, PROMPT, options);

  return {
    name: 'OpenAI Agents 0.20',
    integrations: () => [openAiAgents()],
    async ask({ script, act, streams, maxSteps }: Scenario) {
      const stop = new AbortController();
      const options = { signal: stop.signal, ...(maxSteps !== undefined && { maxTurns: maxSteps }) };
      if (streams !== true) return endOf(run(agentFor(script), options));
      const result = await runner.run(agentFor(script), PROMPT, { ...options, stream: true });
      const reading = (async () => {
        for await (const { type, ...event } of result) {
          if (
            type !== 'raw_model_stream_event' ||
            (event as { data?: { type: string } }).data?.type !== 'output_text_delta'
          )
            continue;
          if (act === 'ask and read nothing more') return;
          if (act === 'ask and stop') stop.abort();
        }
        await result.completed;
      })();
      // What fails within a stream, its reader is told.
      await reading.catch(() => undefined);
      return undefined;
    },
    async answer({ script }, asked, approved) {
      const { state, interruptions } = asked as Awaited<ReturnType<typeof run>>;
      for (const question of interruptions) {
        if (approved) state.approve(question);
        else state.reject(question);
      }
      await runner.run(agentFor(script), state);
    },
    differences,
  };
}

/** Applications tell the limit of turns as an answer. */
async function endOf<T>(running: Promise<T>): Promise<T | undefined> {
  return running.catch((error: unknown) => {
    if (error instanceof MaxTurnsExceededError) return undefined;
    throw error;
  });
}

function definition(script: Script, steps = script.steps, model: string = MODEL): Omit<AgentOptions, 'name'> {
  return {
    instructions: SYSTEM,
    model: new OpenAIResponsesModel(scriptedClient(steps), model),
    modelSettings: {
      retry: {
        maxRetries: 1,
        policy: ({ normalized }: { normalized: { retryAfterMs?: number } }) =>
          normalized.retryAfterMs === undefined ? false : { retry: true, delayMs: 0, approveUnsafeReplay: true },
      },
    },
    tools: toolsFor(script),
  };
}

function scriptedClient(steps: Script['steps']): OpenAI {
  return new OpenAI({
    apiKey: 'x',
    baseURL: 'http://model.invalid/v1',
    maxRetries: 0,
    fetch: scriptedResponses(steps),
  });
}

const parameters = {
  type: 'object' as const,
  properties: { query: { type: 'string' } },
  required: ['query'],
  additionalProperties: false as const,
};

function toolsFor(script: Script): Tool[] {
  const names = Object.keys(toolResults) as (keyof typeof toolResults)[];
  return names.map((name) => {
    if (name === 'ask_researcher') return researcher(script);
    return tool({
      name,
      description: TOOL_DESCRIPTION,
      parameters,
      strict: true,
      needsApproval: name === 'delete_agent',
      execute: () => executeTool(name),
      // With the SDK's own, not even the error's class is told.
      errorFunction: (_, error) => `It failed: ${String(error)}`,
    });
  });
}

function researcher(script: Script): Tool {
  if (script.nested === undefined) {
    return tool({ name: 'ask_researcher', description: TOOL_DESCRIPTION, parameters, strict: true, execute: () => '' });
  }
  const { nested } = script;
  const agent = new Agent({ ...definition({ steps: nested }, nested, NESTED_MODEL), name: 'researcher' });
  return agent.asTool({
    toolName: 'ask_researcher',
    toolDescription: TOOL_DESCRIPTION,
    parameters,
    inputBuilder: () => PROMPT,
  });
}
