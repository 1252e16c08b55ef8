import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Terminal } from '../terminal.js';
import { InboxConnection } from './inbox-connection.js';
import { inboxTools } from './inbox-tools.js';
import { McpServer } from './mcp-server.js';

/** `inbox mcp`: an MCP server over stdio, until its client closes the pipe. */
export async function serveMcp(args: readonly string[], { input, out, stop }: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { url: { type: 'string' } } });
  const server = new McpServer(inboxTools(InboxConnection.open(values.url), stop));
  const underWay = new Set<Promise<void>>();
  const lines = createInterface({ input, crlfDelay: Infinity });
  stop.addEventListener('abort', () => lines.close());
  for await (const line of lines) {
    const answered = server.answer(line).then((answer) => {
      if (answer !== undefined) out(answer);
      underWay.delete(answered);
    });
    underWay.add(answered);
  }
  await Promise.all(underWay);
  return 0;
}
