import type { CommandGroup } from '../run-command.js';
import { listProblems } from './list-problems.js';
import { serveInbox } from './serve-inbox.js';
import { serveMcp } from './serve-mcp.js';
import { tailInbox } from './tail-inbox.js';

/** `inbox`, `inbox tail`, `inbox problems`, `inbox mcp`. */
export const inboxCommands: CommandGroup = (args, terminal) => {
  const [name, ...rest] = args;
  if (name === 'tail') return tailInbox(rest, terminal);
  if (name === 'problems') return listProblems(rest, terminal);
  if (name === 'mcp') return serveMcp(rest, terminal);
  if (name === '--help' || name === '-h' || name === 'help') {
    for (const line of usage) terminal.out(line);
    return Promise.resolve(0);
  }
  if (name === undefined || name.startsWith('-')) return serveInbox(args, terminal);
  for (const line of usage) terminal.error(line);
  return Promise.resolve(2);
};

const usage: readonly string[] = [
  'Usage: nestjs-agent-analytics inbox [--port 8010] [--forward [https://us.i.posthog.com]] [--max-events 10000]',
  '         starts an inbox of its own: point the host of any PostHog SDK at it',
  '       nestjs-agent-analytics inbox tail [--json] [--lines 10] [--event …] [--person …] [--session …] [--outcome …]',
  '         writes the events of a running inbox as they come',
  '       nestjs-agent-analytics inbox problems [--json]',
  '         says why events may be missing from a running inbox, and what to do about it',
  '       nestjs-agent-analytics inbox mcp',
  '         serves a running inbox to a coding agent: an MCP server over stdio',
  '',
  'tail, problems and mcp read http://localhost:3000/__inbox, or what --url names: the address that was printed at the start.',
  'The token comes with that address, from ANALYTICS_INBOX_TOKEN, or from node_modules/.cache of this folder.',
];
