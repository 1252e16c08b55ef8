// `npm run test:handlers`: the whole matrix, all faults, and the figures on the last line.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    ...['run', 'test/handlers'],
    ...['--reporter', 'default', '--reporter', './test/handlers/figures.reporter.ts'],
  ],
  { stdio: 'inherit', env: { ...process.env, HANDLER_ROUNDS: '20', HANDLER_FAULTS: 'all' } },
);
process.exitCode = status ?? 1;
