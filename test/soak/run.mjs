// `npm run soak`: a million calls, and the figures on the last line.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    ...['run', '--project', 'node', 'test/soak/soak.test.ts'],
    ...['--reporter', 'default', '--reporter', './test/soak/figures.reporter.ts'],
  ],
  { stdio: 'inherit', env: { SOAK_CALLS: '1000000', ...process.env } },
);
process.exitCode = status ?? 1;
