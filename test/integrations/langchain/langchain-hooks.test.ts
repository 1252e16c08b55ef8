import { describe, expect, it } from 'vitest';
import type { CapturedContent } from '../../../src/capture/content-capture.js';
import { langChainHooks } from '../../../src/integrations/langchain/langchain-hooks.js';
import { contextStorage } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { ends, RecordingTarget } from '../recorder/recording-target.js';

const minute = 60_000;
const graph = { id: ['langgraph', 'pregel', 'CompiledStateGraph'] };
const model = { id: ['langchain', 'chat_models', 'Chat'] };

/** An application whose LangChain is this test. */
class Telling extends RecordingTarget {
  readonly hooks = langChainHooks(this.recorder);

  begin(input: unknown, runId = 'r1'): void {
    this.hooks.handleChainStart(graph, input, runId, undefined, [], {}, undefined, 'copilot');
  }

  get told(): string[] {
    return ends(this.records);
  }
}

describe('A graph', () => {
  it.each([
    ['ends in null', { messages: [{ role: 'assistant', content: 'hi' }, null] }],
    ['is a list with nothing in it', [null]],
    ['is null', null],
    ['has a tool call that is null', { messages: [{ type: 'ai', content: '', tool_calls: [null, { id: null }] }] }],
    ['has no tool calls', { messages: [{ type: 'ai', content: '', tool_calls: null }] }],
    ['has arguments that are no JSON', { messages: [{ type: 'ai', tool_calls: [{ name: 'a', args: { n: 1n } }] }] }],
  ])('whose output %s has come to its end', (_, output) => {
    const target = new Telling({ captureContent: new Set(['prompts', 'completions']) });
    target.begin({ messages: [{ role: 'user', content: 'hi' }] });
    target.hooks.handleChainEnd(output, 'r1');
    expect(target.told).toEqual(['copilot_agent_run_success success', '$ai_trace success']);
    expect(target.recorder.openCount).toBe(0);
    expect(target.reporter.codes).toEqual([]);
  });

  it('whose output refuses to be read has come to its end too', () => {
    const target = new Telling();
    target.begin({ messages: [] });
    const hostile = {
      get messages(): never {
        throw new TypeError('no');
      },
    };
    target.hooks.handleChainEnd(hostile, 'r1');
    expect(target.told).toEqual(['copilot_agent_run_success success', '$ai_trace success']);
    expect(target.reporter.codes).toEqual(['NAA602']);
  });

  it.each([
    [
      'its question',
      { question: 'Q' },
      { question: 'Q', documents: ['D'], answer: 'A' },
      { documents: ['D'], answer: 'A' },
    ],
    ['its text', 'Q', { question: 'Q', answer: 'A' }, { answer: 'A' }],
    ['its own copy', { q: { text: 'Q' } }, { q: { text: 'Q' }, n: 2 }, { n: 2 }],
    ['all of it', { question: 'Q' }, { question: 'Q' }, undefined],
    ['what it may have been given before a wait', { lg_name: 'Command' }, { question: 'Q', answer: 'A' }, undefined],
    ['its message', { messages: [['user', 'Q']] }, { messages: [{ type: 'human', content: 'Q' }] }, undefined],
  ])('does not send %s as its answer where prompts stay inside', (_, input, output, answer) => {
    const stateOf = (...kinds: CapturedContent[]) => {
      const target = new Telling({ captureContent: new Set(kinds) });
      target.begin(input);
      target.hooks.handleChainEnd(output, 'r1');
      return target.measured('$ai_trace')['$ai_output_state'];
    };
    expect(stateOf('completions')).toEqual(answer);
    expect(stateOf('prompts')).toBeUndefined();
    expect(JSON.stringify(stateOf('completions', 'prompts'))).toContain('Q');
  });

  it.each([
    [{ messages: [null] }],
    [[null, undefined]],
    [{ messages: [{ role: 'tool', tool_call_id: null, content: 'x' }] }],
  ])('is told whose input is %o', (input) => {
    const target = new Telling({ captureContent: new Set(['prompts']) });
    target.begin(input);
    target.hooks.handleChainEnd({}, 'r1');
    expect(target.told).toContain('copilot_agent_run_success success');
    expect(target.reporter.codes).toEqual([]);
  });

  it('does not have its messages read where they stay inside', () => {
    const target = new Telling();
    let read = 0;
    const earlier = {
      role: 'user',
      get content(): string {
        read++;
        return 'hi';
      },
    };
    target.begin({ messages: [earlier, { role: 'user', content: 'last' }] });
    expect(read).toBe(0);
  });
});

describe('A call of a model', () => {
  const begin = (target: Telling, runId = 'm1', parent: string | undefined = 'r1') => {
    target.hooks.handleChatModelStart(model, [[{ role: 'user', content: 'hi' }]], runId, parent, {}, [], {
      ls_model_name: 'm',
    });
  };

  it('lasts until it has failed, not until it is known that it is made no more', () => {
    const target = new Telling();
    target.begin({ messages: [] });
    begin(target);
    target.clock.advance(1_000);
    target.hooks.handleLLMError(new TypeError('no'), 'm1', 'r1');
    target.clock.advance(9_000);
    target.hooks.handleChainError(new TypeError('no'), 'r1');
    expect(target.measured('$ai_generation').$ai_latency).toBe(1);
    expect(target.measured('copilot_agent_run_failed').duration_ms).toBe(10_000);
  });

  it('shows by each token that the run goes on without its client', () => {
    const target = new Telling();
    const frame = new Frame(undefined, { sessionId: 's1' }, undefined, undefined);
    frame.transport = { onEnd: () => undefined, setHeader: () => undefined, hasClosed: () => true };
    contextStorage.run(frame, () => target.begin({ messages: [] }));
    begin(target);
    frame.close();
    for (let i = 0; i < 4; i++) {
      target.clock.advance(10 * minute);
      target.hooks.handleLLMNewToken('a', undefined, 'm1');
      target.recorder.sweep();
    }
    target.hooks.handleLLMEnd({ llmOutput: { tokenUsage: { promptTokens: 7 } } }, 'm1');
    target.hooks.handleChainEnd({}, 'r1');
    expect(target.measured('copilot_agent_run_success').input_tokens).toBe(7);
  });

  it('whose answer refuses to be read has come to its end', () => {
    const target = new Telling();
    begin(target, 'm1', undefined);
    const hostile = {
      get generations(): never {
        throw new TypeError('no');
      },
    };
    target.hooks.handleLLMEnd(hostile, 'm1');
    expect(target.told).toEqual(['$ai_generation success']);
  });
});

describe('What begins beneath a run that has ended', () => {
  const isBeneathAfter = (ms: number) => {
    const target = new Telling();
    target.begin({ messages: [] });
    target.hooks.handleChainEnd({}, 'r1');
    target.clock.advance(ms);
    target.recorder.sweep();
    target.hooks.handleChatModelStart(model, [[]], 'm1', 'r1');
    target.hooks.handleLLMEnd({}, 'm1');
    const [run] = target.of('$ai_trace');
    const [call] = target.of('$ai_generation');
    return call?.parentSpanId === run?.spanId;
  };

  it('is told with its own end', () => {
    const target = new Telling();
    target.begin({ messages: [] });
    target.hooks.handleChainEnd({}, 'r1');
    target.hooks.handleToolStart({}, '{}', 't1', 'r1', [], {}, 'find', 'c1');
    target.hooks.handleToolEnd('x', 't1');
    expect(ends(target.of('copilot_tool_called'))).toEqual(['copilot_tool_called success']);
    expect(target.recorder.openCount).toBe(0);
  });

  it('hangs on it for some seconds; then the run is forgotten, with its request', () => {
    expect(isBeneathAfter(1_000)).toBe(true);
    expect(isBeneathAfter(11_000)).toBe(false);
  });
});

describe('A tool', () => {
  it('fails where its result says so', () => {
    const target = new Telling();
    target.hooks.handleToolStart({ name: 'find' }, '{}', 't1', undefined, [], {}, 'find', 'c1');
    target.hooks.handleToolEnd({ isError: true, content: [] }, 't1');
    expect(target.told).toEqual(['copilot_tool_called error', '$ai_span error']);
  });
});
