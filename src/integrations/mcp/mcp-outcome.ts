interface ToolResult {
  readonly isError?: unknown;
  readonly resultType?: unknown;
  readonly content?: readonly { readonly text?: unknown }[];
}

/**
 * The error that a tool's result stands for: what the tool has thrown, where that is known, else one named by what the
 * servers write into the result's text. `undefined` where it is none.
 */
export function errorInResult(result: unknown, thrown: unknown): unknown {
  const { isError, content } = (result ?? {}) as ToolResult;
  if (isError !== true) return undefined;
  if (thrown !== undefined) return thrown;
  const text = Array.isArray(content) ? (content as ToolResult['content'])?.[0]?.text : undefined;
  const message = typeof text === 'string' ? text : '';
  return { name: nameOf(message) ?? 'ToolError', message };
}

/** What a handler has thrown, with a name that tells unknown tools and invalid arguments apart. */
export function knownError(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (code !== INVALID_PARAMS || typeof message !== 'string') return error;
  return { name: nameOf(message) ?? 'InvalidParams', message };
}

/** Whether the tool has asked the client for something, with whose answer it will be called again. */
export function waitsForClient(result: unknown): boolean {
  return ((result ?? {}) as ToolResult).resultType === 'input_required';
}

const INVALID_PARAMS = -32602;

/** By the texts of `@modelcontextprotocol/sdk`, `@modelcontextprotocol/server` and `@rekog/mcp-nest`. */
function nameOf(message: string): string | undefined {
  const [, text = message] = /^MCP error -32602: (.*)/s.exec(message) ?? [];
  if (/^(Unknown tool:|Tool \S+ (not found|disabled)$)/i.test(text)) return 'UnknownTool';
  if (/^(Input validation error:|Invalid parameters:|Invalid arguments for tool )/i.test(text)) return 'InvalidParams';
  return text === message ? undefined : 'InvalidParams';
}
