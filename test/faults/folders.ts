import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one run. */
export function folderFor(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'naa-faults-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
