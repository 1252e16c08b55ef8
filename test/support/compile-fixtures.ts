import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { compiledPackage } from './compiled-package.js';

/** Compiles `src` and the applications of `test/fixtures` once before a run in which a test starts processes. */
export default async function compileFixtures({ vitest }: TestProject): Promise<void> {
  // Vitest has it, but not in its types.
  const { filenamePattern: patterns = [] } = vitest as { filenamePattern?: readonly string[] };
  if (patterns.length > 0 && !startersOfProcesses().some((file) => patterns.some((part) => file.includes(part))))
    return;
  // What is compiled finds the compiled library by its name.
  mkdirSync('.compiled', { recursive: true });
  writeFileSync('.compiled/package.json', compiledPackage());
  // The inbox's page is bundled beside the sources, and the compiler does not take it along.
  const page = 'inbox/page-assets.cjs';
  if (existsSync(`src/${page}`)) cpSync(`src/${page}`, `.compiled/src/${page}`);
  try {
    await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.fixtures.json']);
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    throw new Error(`the fixtures do not compile:\n${stdout}`, { cause: error });
  }
}

function startersOfProcesses(): string[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  return files
    .map((file) => join('test', file))
    .filter((file) => readFileSync(file, 'utf8').match(/fixture-process|demo-copy|\.compiled/) !== null);
}
