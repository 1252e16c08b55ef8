import { messages } from '../event/messages.js';
import type { AgentIntegration } from './agent-integration.js';
import { instrumentMcpServer } from './mcp/mcp-server.js';
import { McpToolCalls, type McpIdentify } from './mcp/mcp-tool-calls.js';
import type { RunRecorder } from './recorder/run-recorder.js';

export type { McpAuthInfo, McpCaller } from './mcp/mcp-request.js';
export type { McpIdentify } from './mcp/mcp-tool-calls.js';

/** Options of `mcp()`. */
export interface McpOptions {
  /**
   * Says who calls a tool, and in which session, where the context has no user: by the server's own authentication.
   * What it answers fills in what the context lacks. Synchronous; one that throws counts as unknown.
   */
  identify?: McpIdentify | undefined;
}

/** What `mcp()` returns: an integration, and the way to name it the servers. */
export interface McpIntegration extends AgentIntegration {
  /**
   * Tracks the server's `tools/call` from now on, and returns the server; usable as the `serverMutator` of
   * `@rekog/mcp-nest`. Whatever else is given is returned as it is, with a warning.
   */
  readonly instrument: <S extends object>(server: S) => S;
}

/**
 * Tracks the tools that an MCP server offers: servers of `@modelcontextprotocol/sdk` 1.x and
 * `@modelcontextprotocol/server` 2.x, and so the `@Tool` methods of `@rekog/mcp-nest`.
 *
 * Each call is one `copilot_tool_called` and one span, in the trace of whoever called where the request names it
 * (`_meta.traceparent`). Answers to clients stay as they are. A call that asks for a task ends when the task is created.
 *
 * @example
 * const mcpAnalytics = mcp({ identify: ({ authInfo }) => ({ userId: authInfo?.clientId ?? null }) });
 * AnalyticsModule.forRoot({ integrations: [mcpAnalytics] });
 * new McpStrategy({ name, version, transports, serverMutator: mcpAnalytics.instrument });
 */
export function mcp(options: McpOptions = {}): McpIntegration {
  // Where several applications are up: of the one that the work belongs to, else the newest.
  const recorders: RunRecorder[] = [];
  const calls = new McpToolCalls(() => recorders.findLast(({ isElsewhere }) => !isElsewhere), options.identify);
  let hasUnknownServer = false;
  const tellOfUnknown = (recorder: RunRecorder): void => recorder.warnOnce(messages.notAnMcpServer());
  return {
    name: 'mcp()',
    sees: ['mcp'],
    register(recorder) {
      recorders.push(recorder);
      if (hasUnknownServer) tellOfUnknown(recorder);
      return () => void recorders.splice(recorders.indexOf(recorder), 1);
    },
    instrument(server) {
      if (!instrumentMcpServer(server, calls)) {
        hasUnknownServer = true;
        recorders.forEach(tellOfUnknown);
      }
      return server;
    },
  };
}
