import { readFileSync } from 'node:fs';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly import: { readonly default: string } }>>;
}

/** The package.json of a folder with the compiled sources in `src`: the same entries, by the same name. */
export function compiledPackage(): string {
  const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const entries = Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === 'string' ? [] : [[entry, target.import.default.replace('./dist/esm/', './src/')]],
  );
  return JSON.stringify({ name, type: 'module', exports: Object.fromEntries(entries) as object });
}
