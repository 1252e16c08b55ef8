// `npm run test:matrix`: every consumer, and the figures on the last line.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--config', 'test/matrix/vitest.config.ts', ...process.argv.slice(2)],
    ...['--reporter', 'default', '--reporter', './test/matrix/figures.reporter.ts'],
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
