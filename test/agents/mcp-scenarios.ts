import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { expect } from 'vitest';
import { TOOL_INPUT } from './script.js';
import type { ToolName } from './mcp-tools.js';

/** One client in the midst of a scenario. */
export interface McpVisit {
  readonly client: Client;
  /** As the user of the client would. */
  readonly call: (name: ToolName | 'no_such_tool', args?: object, options?: CallOptions) => Promise<unknown>;
  /** Ends the connection, or the session where it outlives connections. */
  readonly leave: () => Promise<void>;
  /** When the tool that never ends has been stopped. */
  readonly stopped: () => Promise<void>;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeout?: number;
  readonly onprogress?: () => void;
  readonly meta?: object;
}

interface McpScenario {
  play(visit: McpVisit): Promise<void>;
  /** Written by hand. The client's first request is its handshake, 0. */
  readonly story: string;
}

/** The table of MCP: what a server sees are calls of tools, however they end. */
export const mcpScenarios = {
  'a call that is answered': {
    play: async ({ call }) => {
      expect(await call('find_agent', TOOL_INPUT)).not.toHaveProperty('isError');
    },
    story: `
tool_called find_agent 1 success
tool find_agent 1 success`,
  },
  'a tool that throws': {
    play: async ({ call }) => {
      expect(await call('broken_tool')).toHaveProperty('isError', true);
    },
    story: `
tool_called broken_tool 1 error TypeError
tool broken_tool 1 error TypeError`,
  },
  'a tool that answers with isError': {
    play: async ({ call }) => {
      expect(await call('refusing_tool')).toHaveProperty('isError', true);
    },
    story: `
tool_called refusing_tool 1 error ToolError
tool refusing_tool 1 error ToolError`,
  },
  'a call that the client cancels': {
    play: async ({ call, stopped }) => {
      const stop = new AbortController();
      const onprogress = () => stop.abort();
      await expect(call('endless_tool', {}, { signal: stop.signal, onprogress })).rejects.toThrow();
      await stopped();
    },
    story: `
tool_called endless_tool 1 aborted user_stopped
tool endless_tool 1 aborted user_stopped`,
  },
  'a call that the client waits for too long': {
    play: async ({ call, stopped }) => {
      await expect(call('endless_tool', {}, { timeout: 50 })).rejects.toThrow('timed out');
      await stopped();
    },
    story: `
tool_called endless_tool 1 aborted timeout
tool endless_tool 1 aborted timeout`,
  },
  'a client that leaves': {
    play: async ({ call, leave, stopped, client }) => {
      const begun = new Promise<void>((done) => {
        call('endless_tool', {}, { onprogress: done }).catch(() => undefined);
      });
      await begun;
      await leave();
      await stopped();
      await client.close();
    },
    story: `
tool_called endless_tool 1 aborted client_closed
tool endless_tool 1 aborted client_closed`,
  },
  'a tool that does not exist': {
    play: async ({ call }) => {
      const told = await call('no_such_tool').catch((error: unknown) => error);
      expect(told).toSatisfy((answer: object) => answer instanceof Error || 'isError' in answer);
    },
    story: `
tool_called no_such_tool 1 error UnknownTool
tool no_such_tool 1 error UnknownTool`,
  },
  'arguments that are not valid': {
    play: async ({ call }) => {
      expect(await call('find_agent', { query: [TOOL_INPUT.query] })).toHaveProperty('isError', true);
    },
    story: `
tool_called find_agent 1 error InvalidParams
tool find_agent 1 error InvalidParams`,
  },
  'progress, and a generation inside': {
    play: async ({ call }) => {
      let steps = 0;
      await call('summarise', {}, { onprogress: () => void steps++ });
      expect(steps).toBe(2);
    },
    story: `
tool_called summarise 1 success
tool summarise 1 success
  generation scripted-1 100/20`,
  },
  'calls at once': {
    play: async ({ call }) => {
      await Promise.all([call('find_agent', TOOL_INPUT), call('broken_tool'), call('find_agent', TOOL_INPUT)]);
    },
    story: `
tool_called broken_tool 2 error TypeError
tool_called find_agent 1 success
tool_called find_agent 3 success
tool broken_tool 2 error TypeError
tool find_agent 1 success
tool find_agent 3 success`,
  },
} as const satisfies Record<string, McpScenario>;

export type McpScenarioName = keyof typeof mcpScenarios;

/** What of the other frameworks' table there can't be here, and why. */
const noRuns = 'a server sees calls of tools only, never the run or message that they belong to (MCP, server/tools)';
const noModels = 'the model is on the client’s side (MCP, architecture)';
export const notInMcp: Readonly<Record<string, string>> = {
  'a streamed answer': noModels,
  'a nested agent as a tool': noRuns,
  'an abort in the midst of the stream': noModels,
  'an error of the provider': noModels,
  'an error in the midst of the stream': noModels,
  'a request that is tried again': noModels,
  'an approval asked for and given': 'people approve in the client, and the server is not told (MCP, server/tools)',
  'an approval asked for and refused': 'people approve in the client, and the server is not told (MCP, server/tools)',
  'the limit of steps': noRuns,
  'a consumer that walks away': noModels,
  'an embedding': noModels,
};
