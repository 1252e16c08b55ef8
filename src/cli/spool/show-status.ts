import { parseArgs } from 'node:util';
import { inspectSpool, type InspectedSpool } from '../../spool/inspect-spool.js';
import type { CommandGroup } from '../run-command.js';
import { forTerminal, jsonLine } from '../terminal.js';
import { counted } from '../../event/counted.js';
import { folderArgument } from './folder-argument.js';
import { ownDestination } from './own-destination.js';
import { progressBar } from './progress-bar.js';
import { whatToDo } from './what-to-do.js';

/** `spool status DIR`. */
export const showStatus: CommandGroup = (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const dir = folderArgument(positionals);
  const bar = progressBar(terminal, 'instances read');
  const spool = inspectSpool(dir, { onProgress: bar.show });
  bar.end();
  if (values.json) terminal.out(jsonLine(spool));
  else {
    const own = ownDestination()?.hash;
    for (const line of linesOf(spool, own, Date.now())) terminal.out(forTerminal(line));
    for (const line of whatToDo(spool, own)) terminal.out(line);
  }
  return Promise.resolve(0);
};

function linesOf({ instances, dead }: InspectedSpool, own: string | undefined, now: number): string[] {
  const lines = instances.map((instance) => {
    const { id, adoptedBy, isAlive, pending, bytes, oldestTime, damaged, destinations } = instance;
    const facts = [
      isAlive ? 'in use' : 'left behind',
      `${pending} pending`,
      `${Math.ceil(bytes / 1_024)} KB`,
      ...(oldestTime === null ? [] : [`oldest ${ageOf(now - oldestTime)}`]),
      ...(damaged > 0 ? [`${damaged} damaged`] : []),
      ...(instance.newerSegments > 0 ? [counted(instance.newerSegments, 'file') + ' of a newer version'] : []),
      ...(instance.unreadableSegments > 0 ? [counted(instance.unreadableSegments, 'unreadable file')] : []),
      ...destinations.map((destination) => whose(destination, own)),
    ];
    return `${adoptedBy === null ? '' : '  adopted: '}${id}: ${facts.join(', ')}`;
  });
  const reasons = Object.entries(dead.byReason).map(([reason, count]) => `  ${count} with ${reason}`);
  const pending = instances.reduce((sum, instance) => sum + instance.pending, 0);
  const total = `${pending} pending in ${counted(instances.length, 'folder')}, ${counted(dead.letters, 'dead letter')}`;
  return [...lines, ...(dead.letters > 0 ? ['dead letters:', ...reasons] : []), total];
}

function whose(destination: string, own: string | undefined): string {
  if (own === undefined) return `for key and host ${destination.slice(0, 8)}`;
  return destination === own ? 'for this key and host' : `for another key or host (${destination.slice(0, 8)})`;
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}
