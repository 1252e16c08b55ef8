import { parseArgs } from 'node:util';
import { startStandaloneInbox } from '../../inbox/standalone/standalone-inbox.js';
import type { Terminal } from '../terminal.js';

const POSTHOG = 'https://us.i.posthog.com';

/** `inbox [--port] [--forward [host]] [--max-events]`: runs until it is stopped. */
export async function serveInbox(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: withDefaultHost(args),
    options: { port: { type: 'string' }, forward: { type: 'string' }, 'max-events': { type: 'string' } },
  });
  const inbox = await startStandaloneInbox({
    port: numberOf(values.port, 'port'),
    forward: values.forward,
    maxEvents: numberOf(values['max-events'], 'max-events'),
    onTrouble: (text) => terminal.error(text),
  });
  terminal.out(`Inbox: ${inbox.url}`);
  terminal.out(`Host for any PostHog SDK: ${inbox.host}`);
  terminal.out(
    values.forward === undefined ? 'Nothing is forwarded.' : `Each event is forwarded to ${values.forward}.`,
  );
  if (!terminal.stop.aborted) await new Promise((resolve) => terminal.stop.addEventListener('abort', resolve));
  await inbox.close();
  return 0;
}

/** `--forward` alone means PostHog's cloud; parseArgs knows no option with a value that may be left out. */
function withDefaultHost(args: readonly string[]): string[] {
  return args.map((arg, place) => {
    const next = args[place + 1];
    const isBare = arg === '--forward' && (next === undefined || next.startsWith('-'));
    return isBare ? `--forward=${process.env.POSTHOG_HOST || POSTHOG}` : arg;
  });
}

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--${option} takes a whole number.`);
  return Number(text);
}
