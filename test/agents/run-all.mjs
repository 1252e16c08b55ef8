// `npm run test:agents`: the whole table, and the figures on the last line.
import { spawnSync } from 'node:child_process';

const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    ...['run', 'test/agents', 'test/integrations'],
    ...['--reporter', 'default', '--reporter', './test/agents/figures.reporter.ts'],
  ],
  { stdio: 'inherit', env: { ...process.env, AGENT_RUNS: '10000' } },
);
process.exitCode = status ?? 1;
