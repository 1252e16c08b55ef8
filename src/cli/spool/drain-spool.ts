import { parseArgs } from 'node:util';
import { Pipeline } from '../../delivery/pipeline.js';
import { PostHogSender } from '../../delivery/posthog-sender.js';
import { SpoolStore } from '../../delivery/spool-store.js';
import { systemClock } from '../../event/clock.js';
import { inspectSpool } from '../../spool/inspect-spool.js';
import type { CommandGroup } from '../run-command.js';
import type { Terminal } from '../terminal.js';
import { WrongUse } from '../wrong-use.js';
import { counted } from '../../event/counted.js';
import { folderArgument } from './folder-argument.js';
import { ownDestination, type OwnDestination } from './own-destination.js';
import { progressBar } from './progress-bar.js';
import { terminalReporter } from './terminal-reporter.js';

const barMs = 200;
/** Events for another key or host: said before anything is sent. */
const spoolLeft = 'NAA409';

/** `spool drain DIR`: sends what processes that are gone have left for the key and host of the environment. */
export const drainSpool: CommandGroup = async (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { timeout: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const dir = folderArgument(positionals);
  const timeoutMs = Number(values.timeout) * 1_000;
  if (!(timeoutMs > 0)) throw new WrongUse('--timeout expects a number of seconds.');
  const own = ownDestination();
  if (own === undefined) throw new WrongUse('Set POSTHOG_API_KEY (and POSTHOG_HOST) to those of the events.');
  const { foreign, inUse, left } = waitingIn(dir, own);
  if (foreign > 0)
    terminal.error(
      `Not sent: ${counted(foreign, 'event')} for another key or host. Set POSTHOG_API_KEY and POSTHOG_HOST to theirs.`,
    );
  if (inUse > 0) terminal.error(`Not sent: ${counted(inUse, 'event')} of a running process, which does that itself.`);
  if (left > 0) return send(dir, own, timeoutMs, terminal);
  terminal.out(`nothing to send for this key and host`);
  return foreign > 0 && inUse === 0 ? 1 : 0;
};

async function send(dir: string, own: OwnDestination, timeoutMs: number, terminal: Terminal): Promise<number> {
  const reporter = terminalReporter(terminal, [spoolLeft]);
  const clock = systemClock;
  const store = new SpoolStore({
    dir,
    destination: own.hash,
    // A person who drains wants what there is, however old.
    maxAgeMs: Number.MAX_SAFE_INTEGER,
    maxBytes: Number.MAX_SAFE_INTEGER,
    segmentBytes: 8 * 1_024 * 1_024,
    memory: { events: 0, bytes: 0 },
    clock,
    reporter,
  });
  const sender = new PostHogSender({ ...own, clock });
  const pipeline = new Pipeline({ prepare: () => 'unserialisable', clock, reporter, sender, store });
  const { pending: before } = pipeline.stats();
  const bar = progressBar(terminal, 'events sent');
  const looking = setInterval(() => bar.show(pipeline.stats().delivered, before.total), barMs);
  const stopped = new Promise<void>((resolve) => terminal.stop.addEventListener('abort', () => resolve()));
  await Promise.race([pipeline.leave(timeoutMs), stopped]);
  clearInterval(looking);
  bar.end();
  pipeline.close();
  const { delivered, dead, pending, dropped } = pipeline.stats();
  const damaged = dropped.damaged ? `, ${dropped.damaged} damaged` : '';
  const waits = pending.total === 1 ? 'waits' : 'wait';
  terminal.out(`${delivered} sent, ${dead} refused by PostHog${damaged}, ${pending.total} still ${waits}`);
  const missed = waitingIn(dir, own).left - pending.total;
  if (missed > 0) terminal.error(`Not sent: ${counted(missed, 'event')} in ${dir} that could not be taken over.`);
  return pending.total === 0 && missed <= 0 ? 0 : 1;
}

/** How many events wait for another key or host; in a process that runs; and left by processes that are gone. */
function waitingIn(dir: string, own: OwnDestination): { foreign: number; inUse: number; left: number } {
  const waiting = inspectSpool(dir).instances.filter(({ pending }) => pending > 0);
  const isOwn = ({ destinations }: (typeof waiting)[number]) => destinations.includes(own.hash);
  return {
    foreign: sum(waiting.filter((instance) => !isOwn(instance))),
    inUse: sum(waiting.filter((instance) => isOwn(instance) && instance.isAlive)),
    left: sum(waiting.filter((instance) => isOwn(instance) && !instance.isAlive)),
  };
}

function sum(instances: readonly { readonly pending: number }[]): number {
  return instances.reduce((total, { pending }) => total + pending, 0);
}
