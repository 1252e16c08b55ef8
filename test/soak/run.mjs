// `npm run soak`: a million calls, then all mix-ups that it has to find, and the figures on the last line.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--project', 'node', '--no-file-parallelism', 'test/soak'],
    ...['--reporter', 'default', '--reporter', './test/soak/figures.reporter.ts'],
  ],
  { stdio: 'inherit', env: { SOAK_CALLS: '1000000', SOAK_FAULTS: 'all', ...process.env } },
);
process.exitCode = status ?? 1;
