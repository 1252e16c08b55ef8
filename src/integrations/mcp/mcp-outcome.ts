import { namedError } from '../recorder/named-error.js';

interface ToolResult {
  readonly isError?: unknown;
  readonly resultType?: unknown;
  readonly content?: readonly { readonly text?: unknown }[];
}

/**
 * The error that a tool's result stands for: what the tool has thrown, where that is known, else one named by what the
 * servers write into the result's text. `undefined` where it is none.
 */
export function errorInResult(result: unknown, thrown: unknown, toolName: string): unknown {
  const { isError, content } = (result ?? {}) as ToolResult;
  if (isError !== true) return undefined;
  if (thrown !== undefined) return thrown;
  const text = Array.isArray(content) ? (content as ToolResult['content'])?.[0]?.text : undefined;
  const message = typeof text === 'string' ? text : '';
  return namedError(nameOf(message, toolName) ?? 'ToolError', message);
}

/** What a handler has thrown, with a name that tells unknown tools and invalid arguments apart. */
export function knownError(error: unknown, toolName: string): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== INVALID_PARAMS || typeof message !== 'string') return error;
  return namedError(nameOf(message, toolName) ?? 'InvalidParams', message);
}

/** Whether the tool has asked the client for something, with whose answer it will be called again. */
export function waitsForClient(result: unknown): boolean {
  return ((result ?? {}) as ToolResult).resultType === 'input_required';
}

const INVALID_PARAMS = -32602;

/** By the texts of `@modelcontextprotocol/sdk`, `@modelcontextprotocol/server` and `@rekog/mcp-nest`. */
function nameOf(message: string, toolName: string): string | undefined {
  const [, text = message] = /^MCP error -32602: (.*)/s.exec(message) ?? [];
  const isMissing = text.startsWith(`Tool ${toolName}`) && / (?:not found|disabled)$/i.test(text);
  if (isMissing || /^Unknown tool:/i.test(text)) return 'UnknownTool';
  if (/^(Input validation error:|Invalid parameters:|Invalid arguments for tool )/i.test(text)) return 'InvalidParams';
  return text === message ? undefined : 'InvalidParams';
}
