import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CallToolRequestSchema, ListToolsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import { createMcpHandler, McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { mcp, type McpOptions } from '../../src/integrations/mcp.js';
import { ends, RecordingTarget } from './recorder/recording-target.js';

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] });
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function connected(server: McpServer | Server): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(ours);
  const client = new Client({ name: 'agent', version: '1' });
  await client.connect(theirs);
  clients.push(client);
  return client;
}

function lowLevel(answer: () => object | Promise<object>): Server {
  const server = new Server({ name: 'low', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }));
  server.setRequestHandler(CallToolRequestSchema, answer);
  return server;
}

function highLevel(name: string, run: () => unknown): McpServer {
  const server = new McpServer({ name: 'high', version: '1' });
  server.registerTool(name, {}, async () => {
    await run();
    return text('done');
  });
  return server;
}

/** An application's analytics to which the integration is registered. */
class House extends RecordingTarget {
  readonly integration;
  readonly unregister: () => void;

  constructor(options: McpOptions = {}) {
    super();
    this.integration = mcp(options);
    this.unregister = this.integration.register(this.recorder);
  }

  get tools(): object[] {
    return this.of('copilot_tool_called').map(({ properties, measured }) => ({ ...properties, ...measured }));
  }
}

describe('instrument', () => {
  it('wraps a handler that is there and one that comes in its place, each once', async () => {
    const house = new House();
    const server = house.integration.instrument(lowLevel(() => text('first')));
    expect(house.integration.instrument(server)).toBe(server);
    const client = await connected(server);
    await client.callTool({ name: 'one' });
    server.setRequestHandler(CallToolRequestSchema, () => text('second'));
    expect(await client.callTool({ name: 'two' })).toEqual(text('second'));
    expect(house.tools).toMatchObject([
      { tool_name: 'one', outcome: 'success' },
      { tool_name: 'two', outcome: 'success' },
    ]);
  });

  it('wraps a server that is built on a server by either of them, once', async () => {
    const house = new House();
    const server = highLevel('one', () => Promise.reject(new RangeError('x')));
    house.integration.instrument(server.server);
    house.integration.instrument(server);
    await (await connected(server)).callTool({ name: 'one' });
    expect(house.tools).toMatchObject([{ tool_name: 'one', error_type: 'RangeError' }]);
  });

  it('takes no part before the application is up and after its end', async () => {
    const target = new RecordingTarget();
    const integration = mcp();
    const client = await connected(integration.instrument(highLevel('one', () => undefined)));
    await client.callTool({ name: 'one' });
    const unregister = integration.register(target.recorder);
    await client.callTool({ name: 'one' });
    unregister();
    await client.callTool({ name: 'one' });
    expect(target.of('copilot_tool_called').map(({ properties }) => properties['tool_call_id'])).toEqual(['2']);
  });

  it('returns what is no server as it is, and warns, now or when the application is up', () => {
    const house = new House();
    const strange = { server: {} };
    expect(house.integration.instrument(strange)).toBe(strange);
    expect(house.reporter.codes).toEqual(['NAA631']);
    const integration = mcp();
    integration.instrument({});
    const later = new RecordingTarget();
    integration.register(later.recorder);
    expect(later.reporter.codes).toEqual(['NAA631']);
  });
});

describe('the end of a call', () => {
  it('is that of a handler’s own throw, with invalid parameters told apart', async () => {
    const house = new House();
    const errors = [new RangeError('x'), new McpError(-32602, 'Unknown tool: x'), new McpError(-32602, 'odd')];
    const server = house.integration.instrument(
      lowLevel(() => {
        throw errors.shift() as Error;
      }),
    );
    const client = await connected(server);
    for (const message of ['x', 'Unknown tool', 'odd']) {
      await expect(client.callTool({ name: 'one' })).rejects.toThrow(message);
    }
    expect(house.tools).toMatchObject(
      ['RangeError', 'UnknownTool', 'InvalidParams'].map((error_type) => ({ outcome: 'error', error_type })),
    );
  });

  it('is known to name no tool that exists, also where there are spaces in it', async () => {
    const house = new House();
    const server = house.integration.instrument(highLevel('one', () => undefined));
    const client = await connected(server);
    await client.callTool({ name: 'no such tool' }).catch(() => undefined);
    expect(house.tools).toMatchObject([{ tool_name: 'no such tool', error_type: 'UnknownTool' }]);
  });

  it('is aborted by a shutdown where the application closes its connections itself', async () => {
    const house = new House();
    const server = house.integration.instrument(highLevel('one', () => new Promise(() => undefined)));
    const client = await connected(server);
    const left = client.callTool({ name: 'one' }).catch(() => undefined);
    await new Promise((done) => setImmediate(done));
    house.openCalls.leave();
    await server.close();
    await left;
    expect(ends(house.of('copilot_tool_called'))).toEqual(['copilot_tool_called aborted shutdown']);
  });

  it('is interrupted where a 2.x server asks its client first, and success when it is called again', async () => {
    const house = new House();
    const handler = createMcpHandler(() => {
      const server = house.integration.instrument(new McpServer2({ name: 'two', version: '1' }));
      server.registerTool('one', {}, (context) => {
        if (context.mcpReq.inputResponses !== undefined) return text('done');
        const message = 'sure?';
        const params = { mode: 'form', message, requestedSchema: { type: 'object', properties: {} } } as const;
        return {
          resultType: 'input_required',
          inputRequests: { sure: { method: 'elicitation/create', params } },
        } as never;
      });
      return server;
    });
    const asked = await askModern(handler, {});
    expect(asked).toMatchObject({ result: { resultType: 'input_required' } });
    await askModern(handler, { inputResponses: { sure: { action: 'accept', content: {} } } });
    expect(ends(house.of('copilot_tool_called'))).toEqual([
      'copilot_tool_called interrupted',
      'copilot_tool_called success',
    ]);
  });
});

describe('the trace of a call', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('is the client’s where its request names one, beneath no parent that PostHog may never see', async () => {
    const house = new House();
    const client = await connected(house.integration.instrument(highLevel('one', () => undefined)));
    for (const named of [traceparent, 'nonsense', traceparent.replace(/[1-9a-f]/g, '0')]) {
      await client.callTool({ name: 'one', _meta: { traceparent: named } });
    }
    const [first, ...others] = house.of('$ai_span');
    expect(first).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: undefined });
    for (const { traceId } of others) expect(traceId).toMatch(/^[\da-f]{8}-/);
  });

  it('is the context’s before the client’s', async () => {
    const house = new House();
    const client = await connected(house.integration.instrument(highLevel('one', () => undefined)));
    const values = { userId: 'ada', traceId: 'trace-1', parentSpanId: 'span-1' };
    await AnalyticsContext.run(values, () => client.callTool({ name: 'one', _meta: { traceparent } }));
    expect(house.of('$ai_span')).toMatchObject([{ traceId: 'trace-1', parentSpanId: 'span-1' }]);
  });

  it('holds what the tool begins', async () => {
    const house = new House();
    const run = () => house.recorder.modelCall({ model: 'scripted-1' }).end();
    const client = await connected(house.integration.instrument(highLevel('one', run)));
    await client.callTool({ name: 'one' });
    const [span] = house.of('$ai_span');
    expect(house.of('$ai_generation')).toMatchObject([{ traceId: span?.traceId, parentSpanId: span?.spanId }]);
  });

  it('is the agent’s where an agent of this process calls its own server: its framework tells the call', async () => {
    const house = new House();
    const client = await connected(house.integration.instrument(highLevel('one', () => undefined)));
    const tool = house.recorder.tool({ name: 'one', callId: 'call-1' });
    await tool.runIn(() => client.callTool({ name: 'one' }));
    tool.end();
    expect(house.tools).toMatchObject([{ tool_call_id: 'call-1' }]);
  });
});

describe('identify', () => {
  it('fills in what the context lacks, and is not asked where it has the user', async () => {
    const house = new House({ identify: () => ({ userId: 'ada', sessionId: 'session-2', surface: 'mcp' }) });
    const client = await connected(house.integration.instrument(highLevel('one', () => undefined)));
    await AnalyticsContext.run({ sessionId: 'session-1' }, () => client.callTool({ name: 'one' }));
    await AnalyticsContext.run({ userId: 'grace' }, () => client.callTool({ name: 'one' }));
    expect(house.of('copilot_tool_called').map(({ context }) => context)).toMatchObject([
      { userId: 'ada', sessionId: 'session-1', surface: 'mcp' },
      { userId: 'grace' },
    ]);
    expect(house.of('copilot_tool_called')[1]?.context.sessionId).toBeUndefined();
  });

  it('that throws or answers with a promise counts as unknown, is told once each, and stops nothing', async () => {
    const answers = [
      () => {
        throw new TypeError('x');
      },
      () => Promise.reject(new Error('y')) as never,
    ];
    const house = new House({ identify: () => answers.shift()?.() });
    const client = await connected(house.integration.instrument(highLevel('one', () => undefined)));
    for (let i = 0; i < 3; i++) expect(await client.callTool({ name: 'one' })).toEqual(text('done'));
    expect(house.reporter.codes).toEqual(['NAA102', 'NAA103']);
    expect(house.tools).toHaveLength(3);
  });
});

async function askModern(handler: { fetch(request: Request): Promise<Response> }, more: object): Promise<unknown> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'agent', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const response = await handler.fetch(
    new Request('http://localhost/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'one',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'one', arguments: {}, _meta, ...more },
      }),
    }),
  );
  const said = await response.text();
  return JSON.parse(/^data: (\{.*)$/m.exec(said)?.[1] ?? said);
}
