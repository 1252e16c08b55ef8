import { parseArgs } from 'node:util';
import { inspectSpool } from '../../spool/inspect-spool.js';
import { Spool } from '../../spool/spool.js';
import type { CommandGroup } from '../run-command.js';
import { progressBar } from './progress-bar.js';

/** `spool replay DIR`: dead letters become pending again, each for the key and host that it was for. */
export const replayLetters: CommandGroup = (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const dir = positionals[0] ?? '';
  const { dead } = inspectSpool(dir);
  const bar = progressBar(terminal, 'dead letters replayed');
  let replayed = 0;
  let failure: string | undefined;
  for (const destination of Object.keys(dead.byDestination)) {
    const spool = new Spool({ dir, destination, maxBytes: Number.MAX_SAFE_INTEGER, segmentBytes: 8 * 1_024 * 1_024 });
    if (!spool.tryResume()) {
      failure = spool.failure?.message;
      break;
    }
    try {
      const report = spool.replayDead(({ reason }) => values.reason === undefined || reason === values.reason);
      replayed += report.replayed;
      failure ??= report.failure?.message;
    } finally {
      spool.close();
    }
    bar.show(replayed, dead.letters);
  }
  bar.end();
  terminal.out(`${replayed} of ${dead.letters} dead letters are pending again`);
  if (replayed > 0)
    terminal.out('A running application takes them over within a minute; "spool drain" sends them now.');
  if (failure !== undefined) terminal.error(`It ended early: ${failure}`);
  return Promise.resolve(failure === undefined ? 0 : 1);
};
