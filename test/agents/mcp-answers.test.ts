import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { InMemoryTransport as InMemoryTransport2 } from '@modelcontextprotocol/server';
import { mcp } from 'nestjs-agent-analytics/mcp';
import { afterEach, describe, expect, it } from 'vitest';
import { Conditions } from '../support/conditions.js';
import { AgentApp } from './agent-app.js';
import { sdk1Server, server2 } from './mcp-servers.js';
import { McpTools } from './mcp-tools.js';
import { TOOL_INPUT } from './script.js';

let app: AgentApp | undefined;
afterEach(async () => app?.close());

/** Both versions' servers and transports, as far as bytes go. */
interface Version {
  readonly build: (tools: McpTools) => { connect(transport: unknown): Promise<void> };
  readonly transports: { createLinkedPair(): [unknown, unknown] };
}
interface ClientSide {
  onmessage?: (message: unknown) => void;
  start(): Promise<void>;
  send(message: JSONRPCMessage): Promise<void>;
}

const versions: [string, Version][] = [
  ['@modelcontextprotocol/sdk 1.x', { build: sdk1Server, transports: InMemoryTransport }],
  ['@modelcontextprotocol/server 2.x', { build: server2, transports: InMemoryTransport2 }],
];

describe.each(versions)('%s', (_, version) => {
  it('says the same with and without analytics, byte for byte and in the same order', async () => {
    const integration = mcp();
    app = await AgentApp.start({ integrations: [integration] });
    const plain = await everythingSaid(version, (server) => server);
    const before = (await app.events()).length;
    const tracked = await everythingSaid(version, integration.instrument);
    expect(tracked).toEqual(plain);
    expect(tracked).toHaveLength(10);
    expect((await app.events()).filter(({ event }) => event === 'copilot_tool_called')).toHaveLength(6);
    expect(before).toBe(1);
  });
});

/** What a server says to a client that asks for everything, well and badly. */
async function everythingSaid(
  { build, transports }: Version,
  instrument: <S extends object>(server: S) => S,
): Promise<string[]> {
  const { current } = { current: app as AgentApp };
  const [serverSide, clientSide] = transports.createLinkedPair() as [unknown, ClientSide];
  await instrument(build(new McpTools(() => current.analytics))).connect(serverSide);
  const said: string[] = [];
  const heard = new Conditions();
  clientSide.onmessage = (message) => {
    said.push(JSON.stringify(message));
    heard.check();
  };
  await clientSide.start();
  for (const [id, [method, params]] of requests.entries()) {
    await clientSide.send({ jsonrpc: '2.0', id, method, params } as JSONRPCMessage);
    const isAnswered = () => said.some((line) => line.includes(`"id":${id}`));
    await heard.until(isAnswered, () => `${said.length} messages`, 5_000);
  }
  return said;
}

const clientInfo = { name: 'agent', version: '1' };
const requests: [string, object][] = [
  ['initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo }],
  ['tools/list', {}],
  ['tools/call', { name: 'find_agent', arguments: TOOL_INPUT }],
  ['tools/call', { name: 'find_agent', arguments: { query: 1 } }],
  ['tools/call', { name: 'broken_tool', arguments: {} }],
  ['tools/call', { name: 'refusing_tool', arguments: {} }],
  ['tools/call', { name: 'no_such_tool', arguments: {} }],
  ['tools/call', { name: 'summarise', arguments: {}, _meta: { progressToken: 'p' } }],
];
