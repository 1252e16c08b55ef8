import { execFileSync } from 'node:child_process';
import { afterwards, temporaryFolder } from './spool-folder.js';

/**
 * A small file system of its own, unmounted after the test; null where this process may not mount. In CI that is a
 * failure, elsewhere it is said aloud.
 */
export function mountedFolder(size: string): string | null {
  const folder = temporaryFolder();
  try {
    mount(['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  } catch (error) {
    if (process.env['CI']) throw error;
    console.warn(`SKIPPED, may not mount a file system: ${String(error)}`);
    return null;
  }
  afterwards(() => execFileSync('umount', ['-l', folder]));
  return folder;
}

export function mount(options: readonly string[]): void {
  execFileSync('mount', options, { stdio: 'pipe' });
}
