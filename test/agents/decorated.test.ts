import { Injectable } from '@nestjs/common';
import { generateText, isStepCount, jsonSchema, streamText, tool, type LanguageModel } from 'ai';
import { TrackAgentRun, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import { scriptedAiModel } from './ai-sdk.js';
import { PROMPT, scripts, TOOL_INPUT, type Script } from './script.js';
import { storyOf } from './story.js';

let app: AgentApp | undefined;
afterEach(async () => app?.close());

@Injectable()
class Tools {
  @TrackToolCall()
  async findAgent(_input: object): Promise<object> {
    return { agentId: 'a1' };
  }

  @TrackToolCall('broken_tool')
  async fails(_input: object): Promise<object> {
    throw new TypeError('broken');
  }
}

@Injectable()
class Copilot {
  constructor(private readonly tools: Tools) {}

  @TrackMessage({ message: () => PROMPT })
  async answer(script: Script): Promise<string> {
    return this.run(script);
  }

  @TrackAgentRun({ properties: () => ({ graph: 'own' }) })
  async run(script: Script): Promise<string> {
    const { text } = await generateText(this.call(script));
    return text;
  }

  @TrackMessage({ message: () => PROMPT })
  async *stream(script: Script): AsyncGenerator<string> {
    yield* streamText(this.call(script)).textStream;
  }

  private call(script: Script) {
    const inputSchema = jsonSchema<object>({ type: 'object' });
    return {
      model: scriptedAiModel('v4', script.steps) as unknown as LanguageModel,
      prompt: PROMPT,
      stopWhen: isStepCount(5),
      telemetry: { functionId: 'copilot' },
      tools: {
        find_agent: tool({ inputSchema, execute: (input) => this.tools.findAgent(input) }),
        broken_tool: tool({ inputSchema, execute: (input) => this.tools.fails(input) }),
        delete_agent: tool({ inputSchema, needsApproval: true, execute: (input) => this.tools.findAgent(input) }),
      },
    };
  }
}

const spent = 'generations 2 tokens 200/40 cost 0.5 scripted-1';

async function story(work: (copilot: Copilot) => Promise<unknown>, traces?: boolean): Promise<string> {
  app = await AgentApp.start({ integrations: [aiSdk()], ...(traces !== undefined && { traces }) }, [Tools, Copilot]);
  const { current } = { current: app };
  await current.as('ada', () => work(current.get(Copilot)));
  return storyOf(await current.events());
}

describe('Decorators beside an integration', () => {
  it('tell a message, its run and its tools once, in one tree with the calls of the model', async () => {
    const told = await story((copilot) => copilot.answer(scripts.twoTools));
    expect(told).toBe(
      `
message_sent 23
tool_called broken_tool call-2 error TypeError
tool_called find_agent call-1 success
agent_run_success success tools 2/1 ${spent}
response_completed success tools 2/1
trace Copilot.answer success
  agent Copilot.run success
    agent copilot success
      generation scripted-1 100(40 cached)/20 stop
      generation scripted-1 100(40 cached)/20 tool-calls asks find_agent,broken_tool
      tool broken_tool call-2 error TypeError
      tool find_agent call-1 success`.trim(),
    );
  });

  it('leave the run to the integration where only the message is decorated', async () => {
    const told = await story(async (copilot) => {
      for await (const _ of copilot.stream(scripts.parallelTools));
    });
    expect(told).toBe(
      `
message_sent 23
tool_called find_agent call-1 success
tool_called find_agent call-2 success
tool_called find_agent call-3 success
agent_run_success copilot success tools 3/0 ${spent}
response_completed success tools 3/0
trace Copilot.stream success
  agent copilot success
    generation scripted-1 100(40 cached)/20 stop
    generation scripted-1 100(40 cached)/20 tool-calls asks find_agent,find_agent,find_agent
    tool find_agent call-1 success
    tool find_agent call-2 success
    tool find_agent call-3 success`.trim(),
    );
  });

  it('know that a decorated run waits for a human: no run is told', async () => {
    const told = await story((copilot) => copilot.answer(scripts.approval));
    expect(told).toBe(
      `
message_sent 23
response_completed success tools 0/0
trace Copilot.answer success
  agent Copilot.run success
    agent copilot interrupted
      generation scripted-1 100(40 cached)/20 tool-calls asks delete_agent`.trim(),
    );
  });

  it('hang calls of the model on the trace itself where traces are off', async () => {
    const told = await story((copilot) => copilot.answer(scripts.answer), false);
    expect(told.split('\n').slice(-1)).toEqual(['generation scripted-1 100(40 cached)/20 stop']);
    expect(told).not.toContain('trace');
  });

  it('give the ids of the model to the decorated tool, whatever its arguments say', async () => {
    app = await AgentApp.start({ integrations: [aiSdk()] }, [Tools, Copilot]);
    const { current } = { current: app };
    await current.as('ada', () => current.get(Copilot).run(scripts.parallelTools));
    const events = await current.events();
    const tools = events.filter(({ event }) => event === 'copilot_tool_called');
    const spans = events.filter(({ properties }) => properties['$ai_span_type'] === 'tool');
    const ids = (from: typeof tools, name: string) => from.map(({ properties }) => properties[name]).sort();
    expect(ids(tools, 'tool_call_id')).toEqual(['call-1', 'call-2', 'call-3']);
    expect(ids(tools, '$ai_span_id')).toEqual(ids(spans, '$ai_span_id'));
    expect(JSON.stringify(events)).not.toContain(TOOL_INPUT.query);
  });
});
