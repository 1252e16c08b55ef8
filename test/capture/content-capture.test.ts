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

  it('loses what stands under the name of a credential, and keys that are addresses', () => {
    const value = {
      password: 'hunter2',
      headers: { 'x-api-key': ['abc', 'def'], Authorization: 'abc', accept: 'json' },
      max_tokens: '5',
      secret: '',
      token: { kind: 'none' },
      'ada@example.org': 1,
    };
    expect(only('toolArguments').take('toolArguments', value)).toEqual({
      password: '[token]',
      headers: { 'x-api-key': ['[token]', '[token]'], Authorization: '[token]', accept: 'json' },
      max_tokens: '5',
      secret: '',
      token: { kind: 'none' },
      '[email]': 1,
    });
  });

  it('loses credentials in JSON, and in JSON within it, that can be parsed afterwards', () => {
    const body = JSON.stringify({ password: 'my "hunter" 2', accessToken: 'abc', q: 1 });
    const taken = only('toolArguments').take('toolArguments', JSON.stringify({ body, apiKey: 'abc def' })) as string;
    const parsed = JSON.parse(taken) as { body: string };
    expect(parsed).toMatchObject({ apiKey: '[token]' });
    expect(JSON.parse(parsed.body)).toEqual({ password: '[token]', accessToken: '[token]', q: 1 });
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
    'Anthropic, of tools that run there': [
      { type: 'server_tool_use', id: 'c1', name: 'find', input: { query: 'ARGUMENT' } },
      { type: 'web_search_tool_result', tool_use_id: 'c1', content: [{ type: 'web_search_result', title: 'RESULT' }] },
      { type: 'mcp_tool_use', id: 'c2', name: 'find', server_name: 's', input: { q: 'ARGUMENT' } },
      { type: 'mcp_tool_result', tool_use_id: 'c2', is_error: false, content: [{ type: 'text', text: 'RESULT' }] },
    ],
    'Anthropic and Gemini, told by @posthog/ai': [
      {
        role: 'assistant',
        content: [{ type: 'function', id: 'c1', function: { name: 'find', arguments: { q: 'ARGUMENT' } } }],
      },
      { role: 'tool', content: [{ type: 'text', text: 'RESULT' }] },
    ],
    Gemini: [
      { role: 'model', parts: [{ functionCall: { name: 'find', args: { q: 'ARGUMENT' } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'find', response: { found: 'RESULT' } } }] },
      { role: 'function', parts: [{ functionResponse: { name: 'find', response: { found: 'RESULT' } } }] },
      { role: 'model', parts: [{ executableCode: { language: 'PYTHON', code: 'ARGUMENT' } }] },
      { role: 'model', parts: [{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: 'RESULT' } }] },
    ],
    'OpenAI, chat, in parts': [
      { role: 'assistant', tool_calls: [{ type: 'custom', custom: { name: 'find', input: 'ARGUMENT' } }] },
      { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'RESULT' }] },
      { role: 'tool', content: [{ type: 'text', text: 'RESULT' }, 'RESULT'] },
    ],
    'OpenAI, responses, of tools that run there': [
      { type: 'mcp_call', name: 'find', arguments: '{"q":"ARGUMENT"}', output: 'RESULT', error: null },
      { type: 'custom_tool_call', name: 'find', input: 'ARGUMENT' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: 'RESULT' },
      { type: 'code_interpreter_call', code: 'ARGUMENT', outputs: [{ type: 'logs', logs: 'RESULT' }] },
      { type: 'file_search_call', queries: ['ARGUMENT'], results: [{ text: 'RESULT' }] },
      { type: 'web_search_call', action: { type: 'search', query: 'ARGUMENT' } },
      { type: 'local_shell_call', action: { type: 'exec', command: ['ARGUMENT'] } },
      { type: 'apply_patch_call', operation: { type: 'create_file', diff: 'ARGUMENT' } },
    ],
    'OpenAI’s Agents': [
      { type: 'function_call', callId: 'c1', name: 'find', arguments: '{"q":"ARGUMENT"}' },
      { type: 'function_call_result', callId: 'c1', name: 'find', output: { type: 'text', text: 'RESULT' } },
      {
        type: 'hosted_tool_call',
        name: 'mcp_call',
        output: 'RESULT',
        providerData: { type: 'mcp_call', arguments: 'ARGUMENT' },
      },
    ],
    Bedrock: [
      { role: 'assistant', content: [{ toolUse: { toolUseId: 'c1', name: 'find', input: { q: 'ARGUMENT' } } }] },
      { role: 'user', content: [{ toolResult: { toolUseId: 'c1', content: [{ text: 'RESULT' }] } }] },
    ],
    'LangChain, as JSON': [
      { kwargs: { content: '', tool_calls: [{ id: 'c1', name: 'find', args: { q: 'ARGUMENT' } }] } },
      { kwargs: { content: 'RESULT', tool_call_id: 'c1' } },
    ],
    'the AI SDK’s user interface': [
      { role: 'assistant', parts: [{ type: 'tool-find', toolCallId: 'c1', input: 'ARGUMENT', output: 'RESULT' }] },
    ],
    'a Map': [
      new Map<string, unknown>([
        ['type', 'tool_use'],
        ['name', 'find'],
        ['input', 'ARGUMENT'],
      ]),
      new Map<string, unknown>([
        ['role', 'tool'],
        ['content', 'RESULT'],
      ]),
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

  it.each([
    {
      type: 'mcp_list_tools',
      server_label: 's',
      tools: [{ name: 'find', input_schema: {}, description: 'DEFINITION' }],
    },
    {
      type: 'tool_search_output',
      call_id: 'c1',
      tools: [{ type: 'function', name: 'find', description: 'DEFINITION' }],
    },
    { type: 'hosted_tool_call', providerData: { type: 'mcp_list_tools', tools: [{ description: 'DEFINITION' }] } },
  ])('carry definitions of tools only where these may go out (%#)', (item) => {
    const taken = (...kinds: CapturedContent[]) => JSON.stringify(only(...kinds).take('completions', [item]));
    expect(taken('completions')).not.toContain('DEFINITION');
    expect(taken('completions', 'toolArguments', 'toolResults')).not.toContain('DEFINITION');
    expect(taken('completions', 'toolDefinitions')).toContain('DEFINITION');
  });

  it('keep all that is no tool’s, names and texts of any role', () => {
    const value = [
      { role: 'system', name: 'policy', content: 'Be kind.' },
      {
        role: 'user',
        name: 'ada',
        content: [
          { type: 'text', text: 'hi' },
          { type: 'input_text', text: 'there' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'yes' },
          { type: 'reasoning', text: 'hm' },
        ],
      },
      { role: 'model', parts: [{ text: 'and' }] },
      { type: 'message', role: 'assistant', status: 'completed', content: 'so' },
    ];
    expect(only('prompts').take('prompts', value)).toEqual(value);
  });

  it('do not take what a tool returned for arguments where results may go out', () => {
    const value = { name: 'Ada', input: 'x', language: 'en', code: 7 };
    expect(only('toolResults').take('toolResults', value)).toEqual(value);
  });
});

describe('Of too many values', () => {
  const large = Array.from({ length: 9_000 }, (_, i) => i);

  it('the newest messages remain, and the rest is counted', () => {
    const messages = Array.from({ length: 8_000 }, (_, i) => ({ role: 'user', content: `message ${i}` }));
    const kept = only('prompts').take('prompts', messages) as unknown[];
    expect(kept.at(-1)).toEqual(messages.at(-1));
    expect(kept.length).toBeGreaterThan(3_000);
    expect(kept[0]).toBe(`[Truncated: ${messages.length - kept.length + 1} items]`);
    expect(kept.slice(1)).toEqual(messages.slice(1 - kept.length));
  });

  it('what is withheld takes no room', () => {
    const messages = [
      { role: 'user', content: 'first' },
      { role: 'tool', content: [{ type: 'tool-result', output: large }] },
      { role: 'tool', content: [{ type: 'tool-result', output: large }] },
      { role: 'user', content: 'last' },
    ];
    const kept = only('prompts').take('prompts', messages);
    expect(kept).toHaveLength(4);
    expect(JSON.stringify(kept)).toMatch(/first.*last/);
  });

  it('the newest message is there in any case', () => {
    const content = [large, large].flat();
    const kept = only('prompts').take('prompts', [{ content: 'first' }, { content }]) as unknown[];
    expect(kept).toEqual(['[Truncated: 1 items]', { content: expect.arrayContaining([0, '[Truncated]']) as unknown }]);
  });
});
