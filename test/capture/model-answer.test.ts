import { describe, expect, it } from 'vitest';
import { ModelAnswerReader } from '../../src/capture/model-answer.js';
import type { ModelCall } from '../../src/capture/model-call.js';

function read(answer: unknown): ModelCall {
  const reader = new ModelAnswerReader(false);
  reader.answer(answer);
  return reader.call;
}

function readChunks(...chunks: unknown[]): ModelCall {
  const reader = new ModelAnswerReader(false);
  for (const chunk of chunks) reader.chunk(chunk);
  return reader.call;
}

const chunk = { object: 'chat.completion.chunk', id: 'gen-1', model: 'm' };
const error = { code: 502, message: 'MARKER' };

describe('An answer with the status 200', () => {
  it.each([
    ['an error alone', read({ error, user_id: 'u' })],
    ['a choice that failed', read({ id: 'gen-1', choices: [{ finish_reason: 'error', error, message: {} }] })],
    ['an error beside the choices', read({ id: 'gen-1', choices: [], error })],
    ['a chunk that failed', readChunks(chunk, { ...chunk, error, choices: [{ delta: {}, finish_reason: 'error' }] })],
    ['a chunk that is an error', readChunks(chunk, { error })],
  ])('is an error where it is %s', (_, call) => {
    expect(call).toMatchObject({ outcome: 'error', httpStatus: 502 });
    expect(JSON.stringify(call)).not.toContain('MARKER');
  });

  it('is an error where it only ends in one', () => {
    expect(read({ choices: [{ finish_reason: 'error', message: {} }] }).outcome).toBe('error');
    expect(readChunks({ type: 'message_start', message: {} }, { type: 'error', error: {} }).outcome).toBe('error');
  });

  it('is none of a model where an application names an error of its own', () => {
    expect(read({ error: { code: 'E_ROOM', message: 'MARKER' } })).toEqual({});
    expect(read({ choices: [{ finish_reason: 'stop', message: {} }], error: null }).outcome).toBeUndefined();
  });
});

describe('A message of Anthropic’s shape', () => {
  const usage = { input_tokens: 5, output_tokens: 2 };
  const message = { id: 'gen-1', type: 'message', role: 'assistant', model: 'anthropic/claude', content: [], usage };

  it('has its cost and provider where OpenRouter wrote it', () => {
    const told = { ...message, provider: 'Anthropic', usage: { ...usage, cost: 0.01 } };
    expect(read(told)).toMatchObject({ provider: 'openrouter', costUsd: 0.01, inputTokens: 5 });
  });

  it('has them in a stream, whose pieces do not all show them', () => {
    const start = { type: 'message_start', message };
    const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } };
    expect(readChunks(start, end)).toMatchObject({ provider: 'openrouter', stopReason: 'end_turn' });
    const cost = { ...end, usage: { output_tokens: 2, cost: 0.01 } };
    expect(readChunks({ ...start, message: { ...message, id: 'msg_1' } }, cost)).toMatchObject({
      provider: 'openrouter',
      costUsd: 0.01,
    });
  });

  it('is Anthropic’s otherwise', () => {
    expect(read({ ...message, id: 'msg_1' })).toMatchObject({ provider: 'anthropic' });
  });
});

describe('A custom tool', () => {
  const custom = { type: 'custom', custom: { name: 'find', input: 'x' } };

  it('counts as called, in each of OpenAI’s shapes', () => {
    expect(read({ choices: [{ message: { tool_calls: [custom] } }] }).toolsCalled).toEqual(['find']);
    expect(readChunks({ ...chunk, choices: [{ delta: { tool_calls: [custom] } }] }).toolsCalled).toEqual(['find']);
    const output = [{ type: 'custom_tool_call', name: 'find', input: 'x' }];
    expect(read({ object: 'response', status: 'completed', output }).toolsCalled).toEqual(['find']);
  });
});
