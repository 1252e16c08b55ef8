import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('a tracked call adds at most a tenth of what posthog.capture() by hand adds', { timeout: 60_000 }, () => {
  const args = ['--expose-gc', '.compiled/bench/index.js'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  console.log(stdout);
  expect(stderr).toBe('');
  expect(stdout).toContain('arrived 120000/120000: ok');
  expect(status).toBe(0);
});
