import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { McpServer } from '../../../src/cli/inbox/mcp-server.js';
import type { ProblemReport } from '../../../src/inbox/problems/problem-api.js';
import { startInboxApp, type InboxApp } from '../../inbox/inbox-app.js';
import { startAnalyticsApp } from '../../inbox/problems/analytics-app.js';
import { sampleConversation, sampleEvent } from '../../inbox/sample-events.js';

describe('inbox mcp, asked by the client of the official SDK', () => {
  let inbox: InboxApp;
  let client: Client;

  beforeEach(async () => {
    inbox = await startInboxApp();
    client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: process.execPath, args: argsFor(inbox.url) }));
  });
  afterEach(async () => {
    await client.close();
    await inbox.close();
  });

  const argsFor = (url: string): string[] => ['.compiled/src/cli/index.js', 'inbox', 'mcp', '--url', url];
  const call = async (name: string, args: Record<string, unknown> = {}): Promise<[text: string, isError: boolean]> => {
    const { content, isError } = await client.callTool({ name, arguments: args });
    return [(content as { text: string }[])[0]?.text ?? '', isError === true];
  };

  it('offers events, a conversation and the problems', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list_events', 'get_conversation', 'list_problems']);
    await client.ping();
  });

  it('lists events, waits for one, and cuts what is too much', async () => {
    void inbox.tap.write([1, 2].flatMap(sampleConversation));
    const [listed] = await call('list_events', { event: 'copilot_tool_called', limit: 1 });
    const [head, line = '', ...none] = listed.split('\n');
    expect([head, none]).toEqual(['2 events match, the first 1 follow; narrow the filters for others.', []]);
    expect(JSON.parse(line)).toMatchObject({ event: 'copilot_tool_called', properties: { tool_call_id: 'call_2' } });

    const waiting = call('list_events', { event: 'later', wait_seconds: 30 });
    void inbox.tap.write([sampleEvent({ event: 'later', properties: { text: 'x'.repeat(300_000) } })]);
    expect((await waiting)[0].length).toBeLessThan(101_000);
  });

  it('gives a conversation in order, and says what there is not', async () => {
    void inbox.tap.write(sampleConversation(5));
    const [text] = await call('get_conversation', { session: 'chat-5' });
    const events = text
      .split('\n')
      .slice(1)
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events[0]).toBe('copilot_message_sent');
    expect(events).toHaveLength(4);
    expect((await call('get_conversation', { session: 'none' }))[1]).toBe(true);
    expect((await call('get_conversation'))[1]).toBe(true);
    await expect(call('nothing')).rejects.toThrow(/Unknown tool/);
  });

  it('lists the problems of an application, with what to do', async () => {
    const app = await startAnalyticsApp({ beforeSend: () => null });
    onTestFinished(() => app.close());
    app.analytics.capture('secret');
    await app.analytics.flush();
    const other = new Client({ name: 'test', version: '1' });
    onTestFinished(() => other.close());
    await other.connect(new StdioClientTransport({ command: process.execPath, args: argsFor(app.url) }));
    const { content } = await other.callTool({ name: 'list_problems', arguments: {} });
    const { problems, delivery } = JSON.parse((content as { text: string }[])[0]?.text ?? '') as ProblemReport;
    expect(problems.find(({ id }) => id === 'dropped:before_send')).toMatchObject({
      count: 1,
      items: [{ name: 'secret' }],
      advice: expect.stringContaining('synchronously') as string,
    });
    expect(delivery).toMatchObject({ accepted: 1, dropped: 1 });
  });

  it('says so when the application has gone', async () => {
    await inbox.close();
    const [text, isError] = await call('list_events');
    expect([text, isError]).toEqual([expect.stringContaining('There is no inbox at'), true]);
  });
});

describe('McpServer', () => {
  const server = new McpServer([]);
  const ask = async (line: string): Promise<unknown> => {
    const answer = await server.answer(line);
    return answer === undefined ? undefined : (JSON.parse(answer) as unknown);
  };

  it('answers requests only, and what is none with an error', async () => {
    expect(await ask('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toBeUndefined();
    expect(await ask('')).toBeUndefined();
    expect(await ask('{"jsonrpc":"2.0","id":1,"result":{}}')).toBeUndefined();
    expect(await ask('no json')).toMatchObject({ id: null, error: { code: -32700 } });
    expect(await ask('null')).toMatchObject({ error: { code: -32600 } });
    expect(await ask('{"jsonrpc":"2.0","id":7,"method":"resources/list"}')).toMatchObject({
      id: 7,
      error: { code: -32601 },
    });
  });

  it("speaks the client's version of the protocol where it knows it", async () => {
    const hello = (protocolVersion: string): Promise<unknown> =>
      ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion } }));
    expect(await hello('2024-11-05')).toMatchObject({ result: { protocolVersion: '2024-11-05' } });
    expect(await hello('1999-01-01')).toMatchObject({ result: { protocolVersion: '2025-11-25' } });
  });
});
