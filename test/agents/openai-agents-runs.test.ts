import { setImmediate as tick } from 'node:timers/promises';
import {
  Agent,
  OpenAIResponsesModel,
  Runner,
  setTraceProcessors,
  tool,
  Usage,
  withTrace,
  type Model,
  type ModelRequest,
  type ModelResponse,
  type Tool,
} from '@openai/agents';
import { AnalyticsContext, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { openAiAgents } from 'nestjs-agent-analytics/openai-agents';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgentsSpan, AgentsTraceProcessor } from '../../src/integrations/openai-agents/openai-agents-spans.js';
import { AgentApp } from './agent-app.js';
import { responsesDifferences } from './openai-agents-differences.js';
import { openAiAgentsFramework } from './openai-agents.js';
import { scriptedResponses } from './openai-responses.js';
import { contentIn } from './play-scenarios.js';
import { scenarios, type Scenario } from './scenarios.js';
import { ANSWER, executeTool, MODEL, PROMPT, scripts, TOOL_INPUT, type Script, type toolResults } from './script.js';
import { storyOf } from './story.js';

let app: AgentApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** What a user's one call comes to, as a story. */
async function told(work: () => Promise<unknown>, options: AnalyticsOptions = {}): Promise<string> {
  app = await AgentApp.start({ integrations: [openAiAgents()], ...options });
  await app.as('ada', work);
  // The SDK tells ends to one processor after the other, a moment after they have come.
  await tick();
  const events = await app.events();
  expect(contentIn(app)).toBe(0);
  return `\n${storyOf(events)}`;
}

/** The SDK names tool calls in no span of theirs: the ids come from the answer before, where a span holds that. */
const withoutIds = (story: string) => story.replace(/[0-9a-f-]{36}/g, 'ID');

const parameters = {
  type: 'object' as const,
  properties: { query: { type: 'string' } },
  required: ['query'],
  additionalProperties: false as const,
};

function toolOf(name: keyof typeof toolResults, execute: (input: unknown) => unknown = () => executeTool(name)): Tool {
  return tool({ name, description: 'd', parameters, strict: true, execute });
}

const asks = (name: string, callId = 'call-1'): ModelResponse['output'][0] => ({
  type: 'function_call',
  callId,
  name,
  arguments: JSON.stringify(TOOL_INPUT),
  status: 'completed',
});
const says: ModelResponse['output'][0] = {
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: ANSWER }],
};

/** A model of the application's own: it opens no span. */
class OwnModel implements Model {
  private calls = 0;

  constructor(private readonly answers: readonly (ModelResponse['output'][0] | Error)[]) {}

  async getResponse(_: ModelRequest): Promise<ModelResponse> {
    const answer = this.answers[this.calls++];
    if (answer instanceof Error || answer === undefined) throw answer ?? new Error('the script is at its end');
    const usage = new Usage({
      requests: 1,
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      inputTokensDetails: { cached_tokens: 40 },
    });
    return { usage, output: [answer] };
  }

  getStreamedResponse(): never {
    throw new Error('it does not stream');
  }
}

function scriptedModel(steps: Script['steps']): Model {
  return new OpenAIResponsesModel(new OpenAI({ apiKey: 'x', fetch: scriptedResponses(steps) }), MODEL);
}

const agent = (answers: ConstructorParameters<typeof OwnModel>[0], more: { tools?: Tool[]; handoffs?: Agent[] } = {}) =>
  new Agent({ name: 'copilot', model: new OwnModel(answers), ...more });

describe('A model that opens no span', () => {
  it('is told by the tokens of its turn', async () => {
    const copilot = agent([asks('find_agent'), says], { tools: [toolOf('find_agent')] });
    const story = await told(() => new Runner().run(copilot, PROMPT));
    expect(withoutIds(story)).toBe(`
message_sent
tool_called find_agent ID success
agent_run_success copilot success tools 1/0 generations 2 tokens 200/40 cost null null
response_completed success tools 1/0
trace copilot success
  generation 100(40 cached)/20
  generation 100(40 cached)/20
  tool find_agent ID success`);
  });

  it('is part of the run’s error where it fails', async () => {
    const copilot = agent([new RangeError('MARKER')]);
    expect(await told(() => new Runner().run(copilot, PROMPT).catch(() => undefined))).toBe(`
message_sent
agent_run_failed copilot error RangeError tools 0/0 generations 0 tokens null/null cost null null
response_completed error RangeError tools 0/0
trace copilot error RangeError`);
  });
});

describe('A run that is handed over', () => {
  it('has the next agent inside it', async () => {
    const answers = [asks('find_agent'), says];
    const researcher = new Agent({ name: 'researcher', model: new OwnModel(answers), tools: [toolOf('find_agent')] });
    const copilot = agent([asks('transfer_to_researcher')], { handoffs: [researcher] });
    const story = await told(() => new Runner().run(copilot, PROMPT));
    expect(withoutIds(story)).toBe(`
message_sent
tool_called find_agent ID success
agent_run_success copilot success tools 1/0 generations 3 tokens 300/60 cost null null
response_completed success tools 1/0
trace copilot success
  agent researcher success
    generation 100(40 cached)/20
    generation 100(40 cached)/20
    tool find_agent ID success
  generation 100(40 cached)/20`);
  });
});

describe('A tool that fails without an errorFunction', () => {
  it('is an error of no known class, since the SDK keeps it to itself', async () => {
    const copilot = agent([asks('broken_tool'), says], { tools: [toolOf('broken_tool')] });
    const story = await told(() => new Runner().run(copilot, PROMPT));
    expect(withoutIds(story)).toContain('\ntool_called broken_tool ID error\n');
  });
});

describe('An agent as a tool that waits for a person', () => {
  it('interrupts the run around it, which goes on after the decision', async () => {
    const framework = openAiAgentsFramework();
    const script: Script = {
      steps: [{ calls: [{ id: 'call-1', tool: 'ask_researcher' }] }, { text: ANSWER }],
      nested: [{ calls: [{ id: 'call-n', tool: 'delete_agent' }] }, { text: ANSWER }],
    };
    const scenario: Scenario = { script, act: 'ask, then approve', story: '' };
    let asked: unknown;
    const ask = async () => void (asked = await framework.ask(scenario));
    await told(ask);
    await app?.as('ada', async () => framework.answer?.(scenario, asked, true));
    expect(`\n${storyOf((await app?.events()) ?? [])}`).toBe(`
message_sent 23
tool_called ask_researcher call-1 interrupted
tool_called ask_researcher call-1 success
tool_called delete_agent call-n success
tool_decision delete_agent call-n accept waited
agent_run_success copilot success tools 3/0 generations 4 tokens 400/80 cost 1 scripted-1
response_completed interrupted tools 1/0
response_completed success tools 2/0
trace copilot interrupted
  generation scripted-1 100(40 cached)/20 completed asks ask_researcher
  tool ask_researcher call-1 interrupted
    agent researcher interrupted
      generation scripted-nested 100(40 cached)/20 completed asks delete_agent
trace copilot success
  generation scripted-1 100(40 cached)/20 completed
  tool ask_researcher call-1 success
    agent researcher success
      generation scripted-nested 100(40 cached)/20 completed
      tool delete_agent call-n success`);
  });
});

describe('A run whose spans hold no content', () => {
  it('is told with the tokens of its turns, a message of unknown length and tools without the model’s ids', async () => {
    const runner = new Runner({ traceIncludeSensitiveData: false });
    const model = scriptedModel(scripts.twoTools.steps);
    const tools = [toolOf('find_agent'), toolOf('broken_tool')];
    const story = await told(() => runner.run(new Agent({ name: 'copilot', model, tools }), PROMPT));
    expect(withoutIds(story)).toBe(`
message_sent
tool_called broken_tool ID error
tool_called find_agent ID success
agent_run_success copilot success tools 2/1 generations 2 tokens 200/40 cost null null
response_completed success tools 2/1
trace copilot success
  generation 100(40 cached)/20
  generation 100(40 cached)/20
  tool broken_tool ID error
  tool find_agent ID success`);
  });
});

describe('A run that is aborted while it is not streamed', () => {
  it('is no error', async () => {
    const stop = new AbortController();
    const tools = [toolOf('find_agent', () => stop.abort())];
    const copilot = new Agent({ name: 'copilot', model: scriptedModel(scripts.stepLimit.steps), tools });
    const story = await told(() => new Runner().run(copilot, PROMPT, { signal: stop.signal }).catch(() => undefined));
    expect(story).toContain('\nagent_run_failed copilot aborted user_stopped tools 1/0 ');
  });
});

describe('The SDK’s own ids', () => {
  it('count where the context has none: the group is the session, the trace is the trace', async () => {
    app = await AgentApp.start({ integrations: [openAiAgents()] });
    const runner = new Runner({ groupId: 'group-1', traceId: 'trace_0123456789abcdef0123456789abcdef' });
    await AnalyticsContext.run({ userId: 'ada' }, () => runner.run(agent([says]), PROMPT));
    for (const { properties: p } of await app.events()) {
      expect([p['session_id'], p['$ai_trace_id']]).toEqual(['group-1', 'trace_0123456789abcdef0123456789abcdef']);
    }
  });

  it('of one trace serve its first run; the next in it has another', async () => {
    app = await AgentApp.start({ integrations: [openAiAgents()] });
    const run = () => new Runner().run(agent([says]), PROMPT);
    await AnalyticsContext.run({ userId: 'ada' }, () => withTrace('both', async () => [await run(), await run()]));
    const traces = (await app.events()).filter(({ event }) => event === '$ai_trace');
    expect(new Set(traces.map(({ properties }) => properties['$ai_trace_id'])).size).toBe(2);
  });
});

describe('An exporter before ours that holds the ends of spans up', () => {
  it('changes nothing that is told', async () => {
    const isSlow = (span: { spanData: { type: string } }) => /generation|response|function/.test(span.spanData.type);
    const nothing = async () => undefined;
    const released: (() => void)[] = [];
    const slow = {
      ...{ onTraceStart: nothing, onTraceEnd: nothing, onSpanStart: nothing, shutdown: nothing, forceFlush: nothing },
      onSpanEnd: async (span: { spanData: { type: string } }) => {
        if (isSlow(span)) await new Promise<void>((release) => released.push(release));
      },
    };
    setTraceProcessors([slow]);
    const scenario = scenarios['two tools, of which one throws'];
    const story = await told(() => openAiAgentsFramework().ask(scenario));
    expect(released.length).toBeGreaterThan(0);
    expect(story.trim()).toBe(responsesDifferences?.['two tools, of which one throws']?.story?.trim());
    setTraceProcessors([]);
  });
});

describe('What the SDK tells in another shape than is known', () => {
  it('disturbs no run', async () => {
    const broken = new Proxy({}, { get: () => expect.unreachable('MARKER') }) as AgentsSpan;
    let ours: AgentsTraceProcessor | undefined;
    const addTraceProcessor = (processor: AgentsTraceProcessor) => void (ours = processor);
    await told(
      async () => {
        await expect(ours?.onSpanStart(broken)).resolves.toBeUndefined();
        await expect(ours?.onSpanEnd(broken)).resolves.toBeUndefined();
      },
      { integrations: [openAiAgents({ addTraceProcessor })] },
    );
    expect(app?.everythingSaid).toContain('NAA602');
  });
});
