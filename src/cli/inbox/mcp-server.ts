import { version } from '../../event/version.js';
import { jsonLine } from '../terminal.js';

/** What an agent can call. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly inputSchema: object;
  /** The result as text; what it throws is told to the agent. */
  readonly call: (args: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** The newest first: it is offered to a client that asks for one that is not here. */
const protocols: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];

/**
 * The part of the Model Context Protocol that a server with tools alone needs: JSON-RPC, one message a line.
 *
 * Written out, not the SDK: that would be a peer to install for a command that `npx` runs, with a web server among
 * its dependencies, for five methods.
 */
export class McpServer {
  constructor(private readonly tools: readonly McpTool[]) {}

  /** The answer to one line; `undefined` where there is none to give. Never rejects. */
  async answer(line: string): Promise<string | undefined> {
    if (line.trim() === '') return undefined;
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      return failure(null, -32700, 'Parse error');
    }
    const { id, method, params } = (message ?? {}) as { id?: unknown; method?: unknown; params?: unknown };
    const isRequest = typeof id === 'string' || typeof id === 'number';
    if (typeof method !== 'string') return isRequest ? undefined : failure(null, -32600, 'Invalid request');
    if (!isRequest) return undefined;
    return this.dispatch(id, method, isRecord(params) ? params : {});
  }

  private async dispatch(id: string | number, method: string, params: Record<string, unknown>): Promise<string> {
    switch (method) {
      case 'initialize':
        return success(id, {
          protocolVersion: protocols.find((known) => known === params.protocolVersion) ?? protocols[0],
          capabilities: { tools: {} },
          serverInfo: { name: 'nestjs-agent-analytics-inbox', version },
        });
      case 'ping':
        return success(id, {});
      case 'tools/list': {
        const tools = this.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
        return success(id, { tools });
      }
      case 'tools/call':
        return this.call(id, params);
      default:
        return failure(id, -32601, `Method not found: ${method.slice(0, 100)}`);
    }
  }

  private async call(id: string | number, { name, arguments: args }: Record<string, unknown>): Promise<string> {
    const tool = this.tools.find((known) => known.name === name);
    if (tool === undefined) return failure(id, -32602, `Unknown tool: ${String(name).slice(0, 100)}`);
    try {
      const text = await tool.call(isRecord(args) ? args : {});
      return success(id, { content: [{ type: 'text', text }] });
    } catch (error) {
      const text = error instanceof Error ? error.message : 'It failed.';
      return success(id, { content: [{ type: 'text', text }], isError: true });
    }
  }
}

function success(id: string | number, result: object): string {
  return jsonLine({ jsonrpc: '2.0', id, result });
}

function failure(id: string | number | null, code: number, message: string): string {
  return jsonLine({ jsonrpc: '2.0', id, error: { code, message } });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
