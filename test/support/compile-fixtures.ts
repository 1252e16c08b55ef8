import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Compiles `src` and the applications of `test/fixtures` once before a run, for tests that start processes. */
export default async function compileFixtures(): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.fixtures.json']);
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    throw new Error(`the fixtures do not compile:\n${stdout}`, { cause: error });
  }
}
