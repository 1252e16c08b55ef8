import { parseArgs } from 'node:util';
import { Pipeline } from '../../delivery/pipeline.js';
import { PostHogSender } from '../../delivery/posthog-sender.js';
import { SpoolStore } from '../../delivery/spool-store.js';
import { systemClock } from '../../event/clock.js';
import { inspectSpool } from '../../spool/inspect-spool.js';
import type { CommandGroup } from '../run-command.js';
import type { Terminal } from '../terminal.js';
import { ownDestination, type OwnDestination } from './own-destination.js';
import { progressBar } from './progress-bar.js';
import { terminalReporter } from './terminal-reporter.js';

const barMs = 200;

/** `spool drain DIR`: sends what processes that are gone have left for the key and host of the environment. */
export const drainSpool: CommandGroup = async (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { timeout: { type: 'string', default: '60' } },
    allowPositionals: true,
  });
  const dir = positionals[0] ?? '';
  const timeoutMs = Number(values.timeout) * 1_000;
  const own = ownDestination();
  if (!(timeoutMs > 0)) return wrong(terminal, '--timeout expects a number of seconds.');
  if (own === undefined) return wrong(terminal, 'Set POSTHOG_API_KEY (and POSTHOG_HOST) to those of the events.');
  const { instances } = inspectSpool(dir);
  const waiting = instances.filter(({ pending }) => pending > 0);
  const foreign = waiting.filter(({ destinations }) => !destinations.includes(own.hash));
  if (foreign.length > 0) {
    terminal.error(`${countOf(foreign)} events are for another key or host; they are not sent.`);
    if (foreign.length === waiting.length) return 1;
  }
  const inUse = waiting.filter((instance) => instance.isAlive && !foreign.includes(instance));
  if (inUse.length > 0)
    terminal.error(`${countOf(inUse)} events belong to a running process, which sends them itself.`);
  return send(dir, own, timeoutMs, terminal);
};

async function send(dir: string, own: OwnDestination, timeoutMs: number, terminal: Terminal): Promise<number> {
  const reporter = terminalReporter(terminal);
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
  const { adopted } = pipeline.stats();
  const bar = progressBar(terminal, 'events sent');
  const looking = setInterval(() => bar.show(pipeline.stats().delivered, adopted), barMs);
  const stopped = new Promise<void>((resolve) => terminal.stop.addEventListener('abort', () => resolve()));
  await Promise.race([pipeline.leave(timeoutMs), stopped]);
  clearInterval(looking);
  bar.end();
  pipeline.close();
  const { delivered, dead, pending } = pipeline.stats();
  terminal.out(`${delivered} sent, ${dead} refused by PostHog, ${pending.total} still wait`);
  return pending.total === 0 ? 0 : 1;
}

function countOf(instances: readonly { readonly pending: number }[]): number {
  return instances.reduce((sum, { pending }) => sum + pending, 0);
}

function wrong(terminal: Terminal, text: string): number {
  terminal.error(text);
  return 2;
}
