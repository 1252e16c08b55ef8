import type { McpHandler, McpToolCalls } from './mcp-tool-calls.js';

// What is used of a server, in either version: the low-level one keeps its handlers by method, the other is built on it.

export interface LowLevelServer {
  readonly transport?: unknown;
  readonly _requestHandlers: Map<string, McpHandler>;
  setRequestHandler(...args: unknown[]): unknown;
}

interface HighLevelServer {
  executeToolHandler?: (...args: unknown[]) => Promise<unknown>;
}

const METHOD = 'tools/call';

/**
 * Wraps the handler of `tools/call`, the one that is there and those to come. A second time it does nothing. `false`
 * where it is no server that is known.
 */
export function instrumentMcpServer(server: object, calls: McpToolCalls): boolean {
  const { server: inner } = server as { server?: object };
  const low = [inner, server].find(isLowLevel);
  if (low === undefined) return false;
  if (inner === low && calls.isNew(server)) noteErrors(server, calls);
  if (!calls.isNew(low)) return true;
  const handlers = low._requestHandlers;
  const wrap = (): void => {
    const handler = handlers.get(METHOD);
    if (handler !== undefined && calls.isNew(handler)) handlers.set(METHOD, calls.wrap(handler, low));
  };
  wrap();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on its server
  const { setRequestHandler } = low;
  override(low, 'setRequestHandler', (...args: unknown[]) => {
    const set: unknown = Reflect.apply(setRequestHandler, low, args);
    wrap();
    return set;
  });
  return true;
}

/** The high-level server makes a text of what a tool throws; its class is known here only. */
function noteErrors(server: HighLevelServer, calls: McpToolCalls): void {
  const { executeToolHandler } = server;
  if (typeof executeToolHandler !== 'function') return;
  override(server, 'executeToolHandler', async (...args: unknown[]) => {
    try {
      return await Reflect.apply(executeToolHandler, server, args);
    } catch (error) {
      calls.threw(error);
      throw error;
    }
  });
}

function override(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: false });
}

function isLowLevel(server: object | undefined): server is LowLevelServer {
  const { _requestHandlers, setRequestHandler } = (server ?? {}) as Partial<LowLevelServer>;
  return _requestHandlers instanceof Map && typeof setRequestHandler === 'function';
}
