import { afterEach, describe, expect, it } from 'vitest';
import { startMcpNest, type McpNestHouse, type McpNestOptions } from './mcp-nest-server.js';
import { TOOL_INPUT } from './script.js';
import { storyOf } from './story.js';

let house: McpNestHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

async function start(options?: McpNestOptions): Promise<McpNestHouse> {
  house = await startMcpNest(options);
  return house;
}

describe('@rekog/mcp-nest', () => {
  it('has a decorated tool told once, with the request’s id, the class of its error, and its own place', async () => {
    const current = await start();
    const { client } = await current.visit('ada');
    await client.callTool({ name: 'decorated_above' });
    await client.callTool({ name: 'decorated_below' });
    const events = await current.events();
    expect(storyOf(events)).toBe(
      `
tool_called decorated_above 1 success
tool_called decorated_below 2 error RangeError
tool decorated_above 1 success
tool decorated_below 2 error RangeError`.trim(),
    );
    expect(new Set(events.map(({ distinct_id }) => distinct_id))).toEqual(new Set(['ada']));
  });

  it('that mounts its own route, which no guard sees, leaves the person to identify; without sessions there is none', async () => {
    const asked: unknown[] = [];
    const current = await start({
      route: 'mcp-nest',
      stateless: true,
      identify: ({ header, sessionId, toolName }) => {
        asked.push([toolName, sessionId]);
        return { userId: `by header ${header('X-User')}`, groups: { company: 'acme' }, surface: 'mcp' };
      },
    });
    const { call } = await current.visit('ada');
    await call('find_agent', TOOL_INPUT);
    expect(asked).toEqual([['find_agent', undefined]]);
    const events = await current.events();
    expect(storyOf(events)).toBe('tool_called find_agent 1 success\ntool find_agent 1 success');
    for (const { distinct_id, properties } of events) {
      expect(distinct_id).toBe('by header ada');
      expect(properties).toMatchObject({ session_id: null, surface: 'mcp', $groups: { company: 'acme' } });
    }
  });

  it('asks identify only where no guard has found the user', async () => {
    const current = await start({ identify: () => ({ userId: 'somebody else' }) });
    const { call } = await current.visit('ada');
    await call('find_agent', TOOL_INPUT);
    expect(new Set((await current.events()).map(({ distinct_id }) => distinct_id))).toEqual(new Set(['ada']));
  });

  it('answers with the same bytes with and without analytics', async () => {
    const answers = async (instrumented: boolean) => {
      const current = await start({ stateless: true, instrumented });
      const said = [];
      for (const request of requests) said.push(await ask(current.url, request));
      const events = await current.events();
      await current.close();
      house = undefined;
      return { said, events: events.length };
    };
    const [plain, tracked] = [await answers(false), await answers(true)];
    expect(tracked.said).toEqual(plain.said);
    expect(plain.said.map(({ status }) => status)).toEqual(requests.map(() => 200));
    // The generation that a tool tells by itself is told anyway.
    expect([plain.events, tracked.events]).toEqual([1, 11]);
  });
});

const call = (id: number, name: string, args: object = {}, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...meta },
});
const requests = [
  { jsonrpc: '2.0', id: 0, method: 'tools/list' },
  call(1, 'find_agent', TOOL_INPUT),
  call(2, 'find_agent', { query: 1 }),
  call(3, 'broken_tool'),
  call(4, 'refusing_tool'),
  call(5, 'summarise', {}, { _meta: { progressToken: 'p' } }),
  { jsonrpc: '2.0', id: 6, method: 'tools/call', params: {} },
];

async function ask(url: URL, body: object): Promise<{ status: number; type: string | null; text: string }> {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}
