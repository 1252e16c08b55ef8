import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this example, also when it runs from its `dist`, where only the compiled code stands. */
export function exampleFolder(...below: string[]): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return join(basename(here) === 'dist' ? dirname(here) : here, ...below);
}
