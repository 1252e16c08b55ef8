/** Whether a result says that it is an error, as a tool of MCP does (`isError: true`), whoever called it. Never throws. */
export function saysError(result: unknown): boolean {
  try {
    return typeof result === 'object' && result !== null && (result as { isError?: unknown }).isError === true;
  } catch {
    return false;
  }
}
