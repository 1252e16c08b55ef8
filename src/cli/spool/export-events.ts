import { parseArgs } from 'node:util';
import { readSpooled } from '../../delivery/spooled-event.js';
import { deadLetterFiles, readDeadLetters } from '../../spool/dead-letter-files.js';
import { visitPending } from '../../spool/inspect-spool.js';
import type { SpoolRecord } from '../../spool/spool-record.js';
import type { CommandGroup } from '../run-command.js';
import { forTerminal } from '../terminal.js';
import { counted } from '../../event/counted.js';
import { folderArgument } from './folder-argument.js';
import { progressBar } from './progress-bar.js';

/** Thrown to read no further: nobody takes the rest. */
const enough = new Error('nobody reads the result any more');

/** `spool export DIR`: one event of PostHog's shape on a line, as it would be sent. */
export const exportEvents: CommandGroup = (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { dead: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const dir = folderArgument(positionals);
  const bar = progressBar(terminal, values.dead ? 'files read' : 'instances read');
  let exported = 0;
  const write = (record: SpoolRecord): void => {
    const event = readSpooled(record, false);
    if (event === undefined) return;
    terminal.out(forTerminal(event.json));
    if (terminal.stop.aborted) throw enough;
    exported++;
  };
  const writeAll = (): void => {
    if (!values.dead) return visitPending(dir, write, bar.show);
    const files = deadLetterFiles(dir);
    files.forEach((file, index) => {
      for (const { lane, time, payload } of readDeadLetters(file)) write({ instance: '', seq: 0, lane, time, payload });
      bar.show(index + 1, files.length);
    });
  };
  try {
    writeAll();
  } catch (error) {
    if (error !== enough) throw error;
  }
  bar.end();
  terminal.error(`${counted(exported, values.dead ? 'dead letter' : 'pending event')} written`);
  return Promise.resolve(0);
};
