import { getEventListeners } from 'node:events';
import { createRequire } from 'node:module';
import { CallbackManager } from '@langchain/core/callbacks/manager';
import { HumanMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { Command, interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { Injectable } from '@nestjs/common';
import { createAgent, tool } from 'langchain';
import { AnalyticsContext, TrackToolCall, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { langchain } from 'nestjs-agent-analytics/langchain';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import { langChainFramework, ScriptedChatModel } from './langchain.js';
import { playScenarios } from './play-scenarios.js';
import { executeTool, PROMPT, PROVIDER_ERROR, ProviderError, scripts, type Step } from './script.js';
import { scenarios } from './scenarios.js';
import { storyOf } from './story.js';

playScenarios(langChainFramework('LangChain 1, LangGraph 1'));

let app: AgentApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

const input = { messages: [{ role: 'user', content: PROMPT }] };
const schema = { type: 'object', properties: { query: { type: 'string' } } } as const;
const toolOf = (name: string, call: () => unknown) => {
  return tool(async () => JSON.stringify(await call()), { name, description: name, schema });
};
const find = toolOf('find_agent', () => executeTool('find_agent'));
const agentOf = (steps: readonly Step[], more: object = {}) => {
  return createAgent({ name: 'copilot', model: new ScriptedChatModel(steps), tools: [find], ...more });
};
let threads = 0;
const thread = () => ({ configurable: { thread_id: `t${threads++}` } });

async function started(options: AnalyticsOptions = {}): Promise<AgentApp> {
  app = await AgentApp.start({ integrations: [langchain()], ...options });
  return app;
}

/** What is told of that work of one user, each in a request of its own. */
async function told(...work: (() => Promise<unknown>)[]): Promise<string> {
  const current = app ?? (await started());
  for (const one of work) await current.as('ada', one);
  return storyOf(await current.events());
}

const asks = (tool: 'delete_agent' | 'ask_researcher'): Step => ({ calls: [{ id: 'call-1', tool }] });
const spent = 'generations 2 tokens 200/40 cost 0.5 scripted-1';
const first = 'generation scripted-1 100(40 cached)/20 tool-calls asks delete_agent';
const last = 'generation scripted-1 100(40 cached)/20 stop';

describe('A graph that waits', () => {
  const waited = (decision: string, tool: string) => `
message_sent 23
tool_called delete_agent call-1 success${decision}
agent_run_success copilot success tools 1/0 ${spent}
response_completed interrupted tools 0/0
response_completed success tools 1/0
trace copilot interrupted
  ${first}${tool}
trace copilot success
  ${last}
  tool delete_agent call-1 success`;

  it('in the midst of a tool, tells the tool once, when it has the answer', async () => {
    const asking = toolOf('delete_agent', () => ({ deleted: interrupt<unknown, unknown>({ question: 'Really?' }) }));
    const agent = agentOf([asks('delete_agent'), scripts.answer.steps[0]], {
      tools: [asking],
      checkpointer: new MemorySaver(),
    });
    const config = thread();
    const story = await told(
      () => agent.invoke(input, config),
      () => agent.invoke(new Command({ resume: true }), config),
    );
    const paused = '\n  tool delete_agent call-1 interrupted';
    expect(story).toBe(waited('\ntool_decision delete_agent call-1 accept waited', paused).trim());
  });

  it('at a breakpoint, goes on without a decision', async () => {
    const agent = agentOf([asks('delete_agent'), scripts.answer.steps[0]], {
      tools: [toolOf('delete_agent', () => executeTool('delete_agent'))],
      checkpointer: new MemorySaver(),
    });
    const config = thread();
    const story = await told(
      () => agent.invoke(input, { ...config, interruptBefore: ['tools'] } as object),
      () => agent.invoke(null, config),
    );
    expect(story).toBe(waited('', '').trim());
  });

  it('beneath an agent that is a tool, is the run of the outermost', async () => {
    const researcher = agentOf([asks('delete_agent'), scripts.answer.steps[0]], {
      name: 'researcher',
      tools: [toolOf('delete_agent', () => ({ deleted: interrupt<unknown, unknown>('Really?') }))],
      checkpointer: true,
    });
    const agent = agentOf([asks('ask_researcher'), scripts.answer.steps[0]], {
      tools: [toolOf('ask_researcher', () => researcher.invoke(input))],
      checkpointer: new MemorySaver(),
    });
    const config = thread();
    const story = await told(
      () => agent.invoke(input, config),
      () => agent.invoke(new Command({ resume: { approved: false } }), config),
    );
    expect(story).toBe(
      `
message_sent 23
tool_called ask_researcher call-1 success
tool_called delete_agent call-1 success
tool_decision delete_agent call-1 reject waited
agent_run_success copilot success tools 2/0 generations 4 tokens 400/80 cost 1 scripted-1
response_completed interrupted tools 0/0
response_completed success tools 2/0
trace copilot interrupted
  ${first.replace('delete_agent', 'ask_researcher')}
  tool ask_researcher call-1 interrupted
    agent researcher interrupted
      ${first}
      tool delete_agent call-1 interrupted
trace copilot success
  ${last}
  tool ask_researcher call-1 success
    agent researcher success
      ${last}
      tool delete_agent call-1 success`.trim(),
    );
  });

  it('for an answer that decides nothing, tells no decision', async () => {
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('ask', () => ({ messages: [new HumanMessage(String(interrupt('Which one?')))] }))
      .addEdge(START, 'ask')
      .compile({ checkpointer: new MemorySaver(), name: 'copilot' });
    const config = thread();
    const story = await told(
      () => graph.invoke(input, config),
      () => graph.invoke(new Command({ resume: 'the second' }), config),
    );
    expect(story).toBe(
      `
message_sent 23
agent_run_success copilot success tools 0/0 generations 0 tokens null/null cost null null
response_completed interrupted tools 0/0
response_completed success tools 0/0
trace copilot interrupted
trace copilot success`.trim(),
    );
  });
});

describe('What is aborted', () => {
  const hanging = () => new ScriptedChatModel(scripts.abort.steps);

  it('by a timeout of LangGraph, says so', async () => {
    const agent = agentOf(scripts.abort.steps);
    const story = await told(async () => {
      const stream = await agent.stream(input, { streamMode: 'messages', timeout: 20 });
      await expect(stream.next().then(() => stream.next())).rejects.toThrow();
    });
    expect(story).toContain('agent_run_failed copilot aborted timeout');
    expect(story).toContain('generation scripted-1 aborted aborted timeout');
  });

  it('as a model’s stream that no graph reads, ends with its signal', async () => {
    const stop = new AbortController();
    const story = await told(async () => {
      const stream = await hanging().stream(PROMPT, { signal: stop.signal });
      await stream.next();
      stop.abort();
    });
    expect(story).toBe('generation scripted-1 aborted aborted user_stopped');
  });

  it('by a signal that outlives its calls, leaves no listener of theirs on it', async () => {
    const { signal } = new AbortController();
    const model = new ScriptedChatModel(scripts.answer.steps);
    const story = await told(() => model.invoke(PROMPT, { signal }));
    expect(story).toContain('generation scripted-1');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('by leaving such a stream, is over with the application', async () => {
    const current = await started();
    await current.as('ada', async () => {
      for await (const _ of await hanging().stream(PROMPT)) break;
    });
    expect(await current.events()).toEqual([]);
    await current.leave();
    expect(storyOf(await current.events())).toBe('generation scripted-1 aborted aborted shutdown');
  });

  it('because something beside it has failed, is no reason to call the run aborted', async () => {
    const model = hanging();
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('model', async () => {
        for await (const _ of await model.stream(PROMPT));
        return {};
      })
      .addNode('other', async () => {
        await executeTool('find_agent');
        throw new ProviderError(PROVIDER_ERROR);
      })
      .addEdge(START, 'model')
      .addEdge(START, 'other')
      .compile({ name: 'copilot' });
    const story = await told(async () => expect(graph.invoke(input)).rejects.toThrow(PROVIDER_ERROR));
    expect(story).toContain('trace copilot error ProviderError\n  generation scripted-1 aborted');
  });
});

describe('Calls of models', () => {
  it('that fall back to another model are two, and one that is repeated is one', async () => {
    const failing = new ScriptedChatModel(scripts.providerError.steps, 'first-1');
    const twice = new ScriptedChatModel(scripts.retry.steps, 'second-1');
    const model = failing.withFallbacks([twice.withRetry({ stopAfterAttempt: 2 })]);
    const story = await told(() => RunnableLambda.from(() => model.invoke(PROMPT)).invoke('x'));
    expect(story.split('\n').slice(1)).toEqual([
      '  generation first-1 error ProviderError 503',
      '  generation second-1 100(40 cached)/20 stop after 1 failed',
    ]);
  });

  it('in a chain without a name are no agent’s run, in a named one they are', async () => {
    const chain = RunnableLambda.from(() => PROMPT).pipe(new ScriptedChatModel(scripts.answer.steps));
    expect(await told(() => chain.invoke('x'))).toBe(`trace RunnableSequence success\n  ${last}`);
    expect(await told(() => chain.invoke('x', { runName: 'summary' }))).toContain('agent_run_success summary success');
  });
});

describe('langchain()', () => {
  const answer = agentOf(scripts.answer.steps);
  const { story } = scenarios['a streamed answer'];

  it('tells nothing twice where its handler is given too', async () => {
    const integration = langchain();
    const ask = () => answer.invoke(input, { callbacks: [integration.handler] });
    await started({ integrations: [integration] });
    expect(await told(ask)).toBe(story.trim());
  });

  it('with CallbackManager: false hears only where its handler is given', async () => {
    const integration = langchain({ CallbackManager: false });
    const ask = async () => {
      await answer.invoke(input);
      await answer.invoke(input, { callbacks: [integration.handler] });
    };
    await started({ integrations: [integration] });
    expect(await told(ask)).toBe(story.trim());
  });

  it('takes the class that it is given, and leaves it as it was', async () => {
    const original = (CallbackManager as unknown as { _configureSync: unknown })._configureSync;
    const current = await started({ integrations: [langchain({ CallbackManager })] });
    await current.as('ada', () => answer.invoke(input));
    expect(storyOf(await current.events())).toBe(story.trim());
    await current.leave();
    expect((CallbackManager as unknown as { _configureSync: unknown })._configureSync).toBe(original);
    await answer.invoke(input);
    expect(await current.events()).toHaveLength(story.trim().split('\n').length);
  });

  it('sees the CommonJS format of the package as well', async () => {
    const commonjs = createRequire(import.meta.url)('@langchain/core/utils/testing') as {
      FakeListChatModel: new (fields: object) => { invoke(text: string): Promise<unknown> };
    };
    const model = new commonjs.FakeListChatModel({ responses: ['yes'] });
    expect(await told(() => model.invoke(PROMPT))).toMatch(/^generation/);
  });

  it('says so where it finds no LangChain', async () => {
    const current = await started({ integrations: [langchain({ CallbackManager: class {} as never })] });
    expect(current.everythingSaid).toContain('NAA621');
  });

  it('takes the thread for the session where the context has none', async () => {
    const current = await started();
    const ask = () => answer.invoke(input, { configurable: { thread_id: 'thread-7' } });
    await AnalyticsContext.run({ userId: 'ada', trigger: 'chat' }, ask);
    const events = await current.events();
    expect(new Set(events.map(({ properties }) => properties['session_id']))).toEqual(new Set(['thread-7']));
  });

  it('leaves a tool that a decorated method executes to the decorator, with the model’s id', async () => {
    @Injectable()
    class Tools {
      @TrackToolCall()
      async findAgent(): Promise<object> {
        return { agentId: 'a1' };
      }
    }
    app = await AgentApp.start({ integrations: [langchain()] }, [Tools]);
    const { current } = { current: app };
    const tools = [toolOf('find_agent', () => current.get(Tools).findAgent())];
    const agent = agentOf(scripts.parallelTools.steps, { tools });
    await current.as('ada', () => agent.invoke(input));
    expect(storyOf(await current.events())).toBe(scenarios['parallel tools in a stream'].story.trim());
  });
});
