import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InMemoryTransport as InMemoryTransport2, McpServer as McpServer2 } from '@modelcontextprotocol/server';
import type { AnalyticsOptions } from 'nestjs-agent-analytics';
import { mcp, type McpIntegration } from 'nestjs-agent-analytics/mcp';
import { z } from 'zod';
import type { IngestedEvent } from '../support/posthog-server.js';
import { AgentApp } from './agent-app.js';
import type { CallOptions, McpScenarioName, McpVisit } from './mcp-scenarios.js';
import { McpTools, toolNames, type ToolCallContext } from './mcp-tools.js';

/** A server with the tools, the application around it, and its PostHog. */
export interface McpHouse {
  visit(user: string): Promise<McpVisit>;
  events(): Promise<IngestedEvent[]>;
  readonly everythingSaid: string;
  close(): Promise<void>;
}

/** One way to build a server. */
export interface McpSetUp {
  readonly name: string;
  start(options?: AnalyticsOptions): Promise<McpHouse>;
  /** Where it tells something else, or less: the story then, and why. */
  readonly differences?: Readonly<
    Partial<Record<McpScenarioName, { readonly because: string; readonly story?: string }>>
  >;
}

export const findAgentInput = z.object({ query: z.string() });

export const sdk1InMemory: McpSetUp = {
  name: '@modelcontextprotocol/sdk 1.x in memory',
  start: (options) => inMemory(options, (instrument, tools) => instrument(sdk1Server(tools)), InMemoryTransport),
};

export const server2InMemory: McpSetUp = {
  name: '@modelcontextprotocol/server 2.x in memory',
  start: (options) => inMemory(options, (instrument, tools) => instrument(server2(tools)), InMemoryTransport2),
};

/** Each session has a server of its own; who its client is, the server's authentication says. */
export const sdk1OverHttp: McpSetUp = {
  name: '@modelcontextprotocol/sdk 1.x over Streamable HTTP',
  async start(options) {
    const integration = mcp({ identify: ({ authInfo }) => ({ userId: String(authInfo?.extra?.['user']) }) });
    const app = await AgentApp.start({ ...options, integrations: [integration] });
    const tools = new McpTools(() => app.analytics);
    const sessions = new Map<string, StreamableHTTPServerTransport>();
    const http = createServer((request, response) => {
      const user = request.headers['x-user'];
      const auth = { token: 'x', clientId: 'agent', scopes: [], extra: { user } };
      void sessionOf(request, sessions, () => integration.instrument(sdk1Server(tools)))
        .then((transport) => transport.handleRequest(Object.assign(request, { auth }), response))
        .catch(() => response.destroy());
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`);
    return {
      visit: (user) => visitOverHttp(url, user, tools),
      events: () => app.events(),
      get everythingSaid() {
        return app.everythingSaid;
      },
      async close() {
        http.closeAllConnections();
        await new Promise((done) => http.close(done));
        await app.close();
      },
    };
  },
};

/** A client of the SDK whose user is told by a header, as a token would. */
export async function visitOverHttp(url: URL, user: string, tools: McpTools): Promise<McpVisit> {
  const client = new Client({ name: 'agent', version: '1' });
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers: { 'x-user': user } } });
  // Their types do not know exactOptionalPropertyTypes.
  await client.connect(transport);
  return {
    client,
    call: (name, args = {}, options = {}) => callTool(client, name, args, options),
    leave: () => transport.terminateSession(),
    stopped: () => tools.stopped(),
  };
}

export function sdk1Server(tools: McpTools): McpServer {
  const server = new McpServer({ name: 'house', version: '1' });
  for (const name of toolNames) {
    const description = tools.descriptions[name];
    const inputSchema = name === 'find_agent' ? findAgentInput : z.object({});
    server.registerTool(name, { description, inputSchema }, async (_args: object, extra) => {
      const notify = (progress: number, progressToken: string | number) =>
        extra.sendNotification({ method: 'notifications/progress', params: { progressToken, progress } });
      return tools.call(name, contextOf(extra.signal, extra._meta?.progressToken, notify));
    });
  }
  return server;
}

export function server2(tools: McpTools): McpServer2 {
  const server = new McpServer2({ name: 'house', version: '1' });
  for (const name of toolNames) {
    const description = tools.descriptions[name];
    const inputSchema = name === 'find_agent' ? findAgentInput : z.object({});
    server.registerTool(name, { description, inputSchema }, async (_args: object, { mcpReq }) => {
      const notify = (progress: number, progressToken: string | number) =>
        mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress } });
      return tools.call(name, contextOf(mcpReq.signal, mcpReq._meta?.progressToken, notify));
    });
  }
  return server;
}

function contextOf(
  signal: AbortSignal,
  token: string | number | undefined,
  notify: (progress: number, token: string | number) => Promise<void>,
): ToolCallContext {
  return { signal, progress: async (step) => (token === undefined ? undefined : notify(step, token)) };
}

type Instrument = McpIntegration['instrument'];
interface Connectable {
  connect(transport: unknown): Promise<void>;
}

/** Server and client in one process: what the client's caller is, the server sees in the context. */
async function inMemory(
  options: AnalyticsOptions = {},
  build: (instrument: Instrument, tools: McpTools) => unknown,
  transports: { createLinkedPair(): [unknown, unknown] },
): Promise<McpHouse> {
  const integration = mcp();
  const app = await AgentApp.start({ ...options, integrations: [integration] });
  const tools = new McpTools(() => app.analytics);
  const [serverSide, clientSide] = transports.createLinkedPair();
  await (build(integration.instrument, tools) as Connectable).connect(serverSide);
  const client = new Client({ name: 'agent', version: '1' });
  await client.connect(clientSide as Transport);
  return {
    visit: async (user) => ({
      client,
      call: (name, args = {}, more = {}) => app.as(user, () => callTool(client, name, args, more)),
      leave: () => client.close(),
      stopped: () => tools.stopped(),
    }),
    events: () => app.events(),
    get everythingSaid() {
      return app.everythingSaid;
    },
    async close() {
      await client.close();
      await app.close();
    },
  };
}

async function callTool(client: Client, name: string, args: object, options: CallOptions): Promise<unknown> {
  const { meta, ...rest } = options;
  const params = { name, arguments: { ...args }, ...(meta !== undefined && { _meta: { ...meta } }) };
  return client.callTool(params, undefined, rest);
}

async function sessionOf(
  request: IncomingMessage,
  sessions: Map<string, StreamableHTTPServerTransport>,
  build: () => McpServer,
): Promise<StreamableHTTPServerTransport> {
  const known = sessions.get(String(request.headers['mcp-session-id']));
  if (known !== undefined) return known;
  const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await build().connect(transport);
  return transport;
}
