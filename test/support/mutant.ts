import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** One fault to plant: `find` stands exactly once in the file and is replaced. */
export interface PlantedFault {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * Runs a test file against a copy of `src` with a fault in it, and tells whether it failed and what it printed. The test
 * reaches the library by its package name only, which the copy then stands for.
 */
export async function runWithFault(
  testFile: string,
  { file, find, replace }: PlantedFault,
  { reporter = 'dot', env: more = {} }: { reporter?: 'dot' | 'json'; env?: Record<string, string> } = {},
): Promise<{ failed: boolean; output: string }> {
  const copy = mkdtempSync(join(process.cwd(), '.mutant-'));
  try {
    cpSync('src', join(copy, 'src'), { recursive: true });
    // Decorators are only compiled where a tsconfig.json includes the file.
    writeFileSync(join(copy, 'tsconfig.json'), '{ "extends": "../tsconfig.json", "include": ["src"] }');
    const path = join(copy, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(find).length !== 2) throw new Error(`${file} does not hold exactly once: ${find}`);
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    const args = ['node_modules/vitest/vitest.mjs', 'run', testFile, `--reporter=${reporter}`];
    const env = { ...process.env, ANALYTICS_SRC: join(copy, 'src'), SEED: '7', ...more };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 28 });
    return { failed: false, output: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '', code } = error as { stdout?: string; stderr?: string; code?: unknown };
    if (code !== 1) throw error;
    return { failed: true, output: stdout + stderr };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
