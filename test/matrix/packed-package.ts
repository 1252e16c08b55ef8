import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
}

/** Every path of the package that an application can import modules from. */
export function entries(): string[] {
  const paths = Object.keys(manifest().exports).filter((path) => path !== './package.json');
  return paths.map((path) => path.replace('.', 'nestjs-agent-analytics'));
}

/** The commands that the package brings. */
export function bins(): string[] {
  return Object.keys(manifest().bin ?? {});
}

/**
 * Builds and packs the package as it would be published, and gives the archive's path. It does so in a copy of this
 * folder, so that neither `dist` nor who reads it is disturbed.
 */
export async function packPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  const left = ['.git', '.compiled', 'coverage', 'dist', 'node_modules', 'test'];
  for (const name of readdirSync('.').filter((name) => !left.includes(name) && !/^\.(docs|mutant)-/.test(name)))
    cpSync(name, join(folder, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--loglevel=error'], { cwd: folder });
  const [, name = ''] = /"filename": "([^"]+)"/.exec(stdout) ?? [];
  const tarball = join(mkdtempSync(join(tmpdir(), 'tarball-')), name);
  renameSync(join(folder, name), tarball);
  rmSync(folder, { recursive: true });
  return tarball;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
}
