import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The oldest Node that the package takes, and the newest of each later line. */
export const nodeVersions = ['20.20.0', '22.23.3', '24.21.0'] as const;

/** Installs each of them from npm and gives the paths of their binaries. */
export async function installNodes(): Promise<string[]> {
  const binaries: string[] = [];
  for (const version of nodeVersions) {
    const folder = mkdtempSync(join(tmpdir(), 'node-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { node: version } }));
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
    const binary = join(folder, 'node_modules/node/bin/node');
    const { stdout } = await promisify(execFile)(binary, ['--version']);
    if (stdout.trim() !== `v${version}`) throw new Error(`node@${version} is ${stdout}`);
    binaries.push(binary);
  }
  return binaries;
}
