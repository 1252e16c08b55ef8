import { parseArgs } from 'node:util';
import { inspectSpool } from '../../spool/inspect-spool.js';
import { Spool } from '../../spool/spool.js';
import type { CommandGroup } from '../run-command.js';
import { folderArgument } from './folder-argument.js';
import { progressBar } from './progress-bar.js';

/** `spool replay DIR`: dead letters become pending again, each for the key and host that it was for. */
export const replayLetters: CommandGroup = (args, terminal) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { reason: { type: 'string' } },
    allowPositionals: true,
  });
  const dir = folderArgument(positionals);
  const { dead } = inspectSpool(dir);
  const bar = progressBar(terminal, 'dead letters looked at');
  let replayed = 0;
  const seen = new Set<string>();
  let failure: string | undefined;
  for (const destination of Object.keys(dead.byDestination)) {
    const size = { maxBytes: Number.MAX_SAFE_INTEGER, segmentBytes: 8 * 1_024 * 1_024 };
    const spool = new Spool({ dir, destination, ...size, replays: true });
    if (!spool.tryResume()) {
      failure = spool.failure?.message;
      break;
    }
    try {
      const report = spool.replayDead(({ id, reason }) => {
        bar.show(seen.add(id).size, dead.letters);
        return values.reason === undefined || reason === values.reason;
      });
      replayed += report.replayed;
      failure ??= report.failure?.message;
    } finally {
      spool.close();
    }
  }
  bar.end();
  terminal.out(`dead letters that are pending again: ${replayed} of ${dead.letters}`);
  if (replayed > 0)
    terminal.out(
      'An application on this folder takes over what is its own within a minute; "spool drain" sends it now.',
    );
  if (failure !== undefined) terminal.error(`It ended early: ${failure}`);
  return Promise.resolve(failure === undefined ? 0 : 1);
};
