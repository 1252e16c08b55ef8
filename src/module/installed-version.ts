import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/**
 * The version of a package as the application has it, also of one that does not export its manifest; `undefined` where
 * it can't be found, as in a bundle.
 */
export function installedVersion(name: string): string | undefined {
  const require = createRequire(join(process.cwd(), 'index.js'));
  const folders = [process.argv[1] ?? '.', '.'].flatMap((base) => foldersAbove(resolve(base)));
  for (const folder of folders) {
    try {
      const { version } = require(join(folder, 'node_modules', name, 'package.json')) as { version?: unknown };
      if (typeof version === 'string') return version;
    } catch {
      // It is further up, or nowhere.
    }
  }
  return undefined;
}

function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...foldersAbove(above)];
}

/** Whether a version is older than another; its prereleases count as the version itself. */
export function isOlder(version: string, than: string): boolean {
  const [own, other] = [version, than].map((text) => text.split(/[.+-]/, 3).map(Number)) as [number[], number[]];
  const place = own.findIndex((part, index) => part !== other[index]);
  return place >= 0 && (own[place] ?? 0) < (other[place] ?? 0);
}
