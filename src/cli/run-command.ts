import { version } from '../event/version.js';
import type { Terminal } from './terminal.js';
import { WrongUse } from './wrong-use.js';

/** Commands of one kind: `nestjs-agent-analytics <group> …`. Returns the exit code: 2 for a wrong use. */
export type CommandGroup = (args: readonly string[], terminal: Terminal) => Promise<number>;

/** Loaded when they are asked for: none needs what the others import. */
const groups: Readonly<Record<string, { says: string; load: () => Promise<CommandGroup> }>> = {
  inbox: {
    says: 'show the events of any PostHog SDK, or read those of a running application',
    load: async () => (await import('./inbox/inbox-commands.js')).inboxCommands,
  },
  spool: {
    says: 'what waits in a spool: show it, export it, send it, give dead letters another try',
    load: async () => (await import('./spool/spool-commands.js')).spoolCommands,
  },
};

/** Runs `nestjs-agent-analytics` with these arguments. Never rejects. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--version' || name === '-v') {
    terminal.out(version);
    return 0;
  }
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group === undefined) {
    const isHelp = name === '--help' || name === '-h' || name === 'help';
    for (const line of usage()) (isHelp ? terminal.out : terminal.error)(line);
    return isHelp ? 0 : 2;
  }
  try {
    return await (
      await group.load()
    )(rest, terminal);
  } catch (error) {
    terminal.error(error instanceof Error ? error.message : String(error));
    return isWrongUse(error) ? 2 : 1;
  }
}

function usage(): string[] {
  const names = Object.entries(groups).map(([name, { says }]) => `  ${name.padEnd(8)}${says}`);
  return ['Usage: nestjs-agent-analytics <command> [options]', '', ...names];
}

/** Our own word for it, or what `util.parseArgs` throws for an option that there is not. */
function isWrongUse(error: unknown): boolean {
  return (
    error instanceof WrongUse || String((error as NodeJS.ErrnoException | null)?.code).startsWith('ERR_PARSE_ARGS')
  );
}
