import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs a copied command in a real shell, with a curl that tells what it was given: its arguments in a file, what it
 * would send on stdout. Throws where the command has left anything else.
 */
export function runCurl(shell: string, command: string): { args: string[]; body: string } {
  const folder = mkdtempSync(join(tmpdir(), 'inbox-curl-'));
  try {
    const script = [
      'curl() { last=; for arg in "$@"; do',
      'if [ "$last" = --data-binary ]; then if [ "$arg" = @- ]; then cat; else printf "%s" "$arg"; fi',
      'else printf "%s\\n" "$arg" >> args; fi; last="$arg"; done; }',
      command,
    ].join('\n');
    writeFileSync(join(folder, 'script'), script);
    const env = { PATH: process.env.PATH ?? '', POSTHOG_API_KEY: 'phc_secret' };
    const body = execFileSync(shell, ['script'], { encoding: 'utf8', maxBuffer: 1e8, cwd: folder, env });
    const left = readdirSync(folder);
    if (left.join() !== 'args,script') throw new Error(`It left ${left.join(', ')}.`);
    return { args: readFileSync(join(folder, 'args'), 'utf8').split('\n'), body };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
