import { spawnSync } from 'node:child_process';

const hasRegistry = spawnSync('npm', ['ping', '--loglevel=silent'], { timeout: 15_000 }).status === 0;

/** Whether there is nothing to install from. In CI that is no excuse: there the installation fails, and says why. */
export const isWithoutRegistry = !hasRegistry && process.env['CI'] !== 'true';

if (isWithoutRegistry) {
  console.warn('SKIPPED: the package was not tried in applications of its own: npm’s registry can’t be reached.');
}
