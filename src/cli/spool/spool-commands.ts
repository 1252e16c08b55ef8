import type { CommandGroup } from '../run-command.js';
import { drainSpool } from './drain-spool.js';
import { exportEvents } from './export-events.js';
import { replayLetters } from './replay-letters.js';
import { showStatus } from './show-status.js';

const commands: Readonly<Record<string, CommandGroup>> = {
  status: showStatus,
  export: exportEvents,
  replay: replayLetters,
  drain: drainSpool,
};

/** `spool status`, `spool export`, `spool replay`, `spool drain`, each for a folder. */
export const spoolCommands: CommandGroup = (args, terminal) => {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const isHelp = name === 'help' || args.some((arg) => ['--help', '-h'].includes(arg));
  if (command !== undefined && !isHelp && rest.length > 0) return command(rest, terminal);
  for (const line of usage) (isHelp ? terminal.out : terminal.error)(line);
  return Promise.resolve(isHelp ? 0 : 2);
};

const usage: readonly string[] = [
  'Usage: nestjs-agent-analytics spool status DIR [--json]',
  '         says what waits in the folder of ANALYTICS_SPOOL_DIR; disturbs no process that uses it',
  '       nestjs-agent-analytics spool export DIR [--dead]',
  '         writes the events that wait, or the dead letters, as lines of JSON; takes none away',
  '       nestjs-agent-analytics spool replay DIR [--reason "HTTP 400"]',
  '         makes dead letters pending again, all or those with this reason, for their own key and host',
  '       nestjs-agent-analytics spool drain DIR [--timeout 60]',
  '         sends what processes that are gone have left, with POSTHOG_API_KEY and POSTHOG_HOST, and nothing else',
];
