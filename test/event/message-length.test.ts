import { describe, expect, it } from 'vitest';
import { codePointLength, readUserMessage } from '../../src/event/message-length.js';

describe('codePointLength', () => {
  it.each(['', 'abc', '👍', 'a👍b', '👩‍👩‍👧', 'e\u0301', '\ud800', '\udc00\ud800', 'x\ud83d', '日本語'])(
    'counts %o as Python does',
    (text) => {
      expect(codePointLength(text)).toBe(Array.from(text).length);
    },
  );
});

const user = (text: string) => ({ role: 'user', parts: [{ type: 'text', text }] });
const assistant = { role: 'assistant', parts: [{ type: 'text', text: 'hello' }] };

describe('readUserMessage', () => {
  it.each([
    ['a text', 'hi 👍', 4],
    ['message', { message: 'abc' }, 3],
    ['content', { content: 'abcd' }, 4],
    ['text', { text: 'ab' }, 2],
    ['prompt', { prompt: 'a' }, 1],
    ['input', { input: 'abc' }, 3],
    ['query', { query: '' }, 0],
    ['the first of several', { query: 'abcdef', message: 'abc' }, 3],
    ['a message object', { id: 'chat', message: user('abc') }, 3],
    ['parts of its own', { parts: [{ type: 'text', text: 'abc' }] }, 3],
    ['AI SDK parts', { messages: [assistant, user('abc')] }, 3],
    [
      'several text parts',
      {
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'text', text: 'ab' },
              { type: 'file', url: 'x' },
              { type: 'text', text: '👍' },
            ],
          },
        ],
      },
      3,
    ],
    ['content of older clients', { messages: [{ role: 'user', content: 'abcd' }] }, 4],
    ['content parts', { messages: [{ role: 'user', content: [{ type: 'input_text', text: 'ab' }] }] }, 2],
    ['a file alone', { messages: [{ role: 'user', parts: [{ type: 'file', url: 'x' }] }] }, 0],
    [
      'LangChain’s messages',
      {
        messages: [
          { type: 'ai', content: 'hello' },
          { type: 'human', content: 'abcd' },
        ],
      },
      4,
    ],
    ['a role of LangChain', { messages: [{ role: 'human', content: 'abcd' }] }, 4],
    ['a sender', { messages: [{ sender: 'user', text: 'abcd' }] }, 4],
    ['plain texts', { messages: ['a', 'abcd'] }, 4],
    ['a message without a role', { message: { content: 'abcd' } }, 4],
    ['a text without a role', { message: { type: 'text', text: 'abcd' } }, 4],
    ['an unknown user message', { messages: [{ role: 'user' }] }, null],
    ['an unknown object', { body: 'abc' }, null],
    ['nothing', undefined, null],
    ['a number', 5, null],
  ])('reads %s', (_name, body, length) => {
    // prettier-ignore
    expect(readUserMessage(body)).toStrictEqual({ isMessage: true, length, isRegeneration: false });
  });

  it.each([
    [
      'a tool approval',
      { messages: [user('a'), { role: 'assistant', parts: [{ type: 'tool-x', state: 'approval-responded' }] }] },
    ],
    ['what an agent thinks', { messages: ['a', { type: 'reasoning', content: 'hm' }] }],
    ['a call’s output', { messages: ['a', { type: 'function_call_output', output: 'x' }] }],
    ['LangChain’s tool message', { messages: ['a', { type: 'tool', content: 'x' }] }],
    ['the answer', { messages: ['a', { sender: 'bot', text: 'x' }] }],
    ["a client tool's result", { messages: [user('a'), { role: 'tool', content: [] }] }],
    [
      "a tool's result in the user's name",
      { messages: [{ role: 'user', content: [{ type: 'tool_result', content: 'x' }] }] },
    ],
    ['an assistant message alone', { message: assistant }],
    ['no messages at all', { messages: [] }],
    ['a broken message', { messages: [null] }],
  ])('sees no message of the user in %s', (_name, body) => {
    // prettier-ignore
    expect(readUserMessage(body)).toStrictEqual({ isMessage: false, length: null, isRegeneration: false });
  });

  it('marks a regeneration', () => {
    expect(readUserMessage({ trigger: 'regenerate-message', messages: [user('abc')] })).toStrictEqual({
      isMessage: true,
      length: 3,
      isRegeneration: true,
    });
    expect(readUserMessage({ trigger: 'submit-message', messages: [user('abc')] }).isRegeneration).toBe(false);
  });

  it('never throws', () => {
    const body = Object.defineProperty({}, 'messages', { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(readUserMessage(body)).toStrictEqual({ isMessage: true, length: null, isRegeneration: false });
  });
});
