import { describe, expect, it } from 'vitest';
import { ContentCapture, type CapturedContent } from '../../src/capture/content-capture.js';

const only = (...kinds: CapturedContent[]) => new ContentCapture(new Set(kinds));

describe('Content', () => {
  it('stays inside by default', () => {
    expect(only().take('prompts', 'secret')).toBeUndefined();
    expect(only('completions').take('prompts', 'secret')).toBeUndefined();
  });

  it('is a copy, as it was', () => {
    const messages = [{ role: 'user', content: 'hi' }];
    const taken = only('prompts').take('prompts', messages);
    messages[0] = { role: 'user', content: 'changed' };
    expect(taken).toEqual([{ role: 'user', content: 'hi' }]);
  });

  it('loses credentials and e-mail addresses, and keeps ids', () => {
    const text =
      'ada@example.org wrote: my key is sk-abcdefgh1234, Bearer abc.def.ghi, agent 3f0c2b1a-1111-4222-8333-0123456789ab';
    expect(only('prompts').take('prompts', [{ content: text }])).toEqual([
      { content: '[email] wrote: my key is [token], Bearer [token], agent 3f0c2b1a-1111-4222-8333-0123456789ab' },
    ]);
  });

  it('is cut: long texts, files, and the oldest of too many messages', () => {
    const content = only('prompts');
    expect(content.take('prompts', 'x'.repeat(100_001))).toBe(`${'x'.repeat(100_000)}[Truncated: 100001 characters]`);
    expect(content.take('prompts', [{ data: new Uint8Array(9) }])).toEqual([{ data: '[Uint8Array: 9 bytes]' }]);
    const many = Array.from({ length: 30 }, (_, i) => ({ i, content: 'x'.repeat(90_000) }));
    const kept = content.take('prompts', many) as unknown[];
    expect(kept[0]).toBe('[Truncated: 8 items]');
    expect(kept.slice(1)).toEqual(many.slice(8));
  });

  it('never throws', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(only('prompts').take('prompts', hostile)).toBe('[Threw]');
    expect(only('prompts').take('prompts', () => 1)).toBeUndefined();
  });
});

describe('Messages', () => {
  const messages = {
    'the AI SDK': [
      { role: 'assistant', content: [{ type: 'tool-call', toolName: 'find', input: { q: 'ARGUMENT' } }] },
      { role: 'tool', content: [{ type: 'tool-result', toolName: 'find', output: { found: 'RESULT' } }] },
    ],
    'OpenAI, chat': [
      {
        role: 'assistant',
        tool_calls: [{ type: 'function', function: { name: 'find', arguments: '{"q":"ARGUMENT"}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'RESULT' },
    ],
    'OpenAI, responses': [
      { type: 'function_call', name: 'find', arguments: '{"q":"ARGUMENT"}' },
      { type: 'function_call_output', call_id: 'c1', output: 'RESULT' },
    ],
    Anthropic: [
      { role: 'assistant', content: [{ type: 'tool_use', name: 'find', input: { q: 'ARGUMENT' } }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'RESULT' }] }],
      },
    ],
  };
  const seen = (kinds: CapturedContent[], value: unknown) => {
    const text = JSON.stringify(only(...kinds).take('prompts', value));
    return ['ARGUMENT', 'RESULT', 'find'].filter((word) => text.includes(word));
  };

  it.each(Object.entries(messages))(
    'of %s carry arguments and results of tools only where these may go out',
    (_, value) => {
      expect(seen(['prompts'], value)).toEqual(['find']);
      expect(seen(['prompts', 'toolArguments'], value)).toEqual(['ARGUMENT', 'find']);
      expect(seen(['prompts', 'toolResults'], value)).toEqual(['RESULT', 'find']);
      expect(seen(['prompts', 'toolArguments', 'toolResults'], value)).toEqual(['ARGUMENT', 'RESULT', 'find']);
    },
  );
});
