import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

interface Conditions {
  readonly types: string;
  readonly default: string;
}

type Entry = Readonly<Record<'import' | 'module-sync' | 'require', Conditions>>;

interface Manifest {
  readonly main: string;
  readonly module: string;
  readonly types: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Entry>>;
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> };
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
/** What can be imported, by path: all but `./package.json`. */
const entries = Object.entries(manifest.exports).flatMap(([path, target]): [string, Entry][] =>
  typeof target === 'string' ? [] : [[path, target]],
);

/** What a file imports, types too: a consumer's compiler looks for those. */
const importsOf = (source: string): string[] => ts.preProcessFile(source).importedFiles.map(({ fileName }) => fileName);

describe('package.json', () => {
  it('declares every package that the source imports, as dependency or peer', () => {
    const declared = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
    const undeclared = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[cm]?ts$/.test(file))
      .flatMap((file) => importsOf(read(join('src', file))).map((name) => `${file}: ${name}`))
      .filter((line) => {
        const [, name = ''] = line.split(': ');
        return !name.startsWith('.') && !isBuiltin(name) && !declared.has(packageOf(name));
      });
    expect(undeclared).toEqual([]);
  });

  it('does not depend on what nothing imports', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const imported = new Set(sources.flatMap((file) => importsOf(read(join('src', file)))).map(packageOf));
    expect(Object.keys(manifest.dependencies).filter((name) => !imported.has(name))).toEqual([]);
  });

  it('tests with each peer that it names', () => {
    const untested = Object.keys(manifest.peerDependencies).filter((name) => !(name in manifest.devDependencies));
    expect(untested).toEqual([]);
    expect(Object.keys(manifest.peerDependenciesMeta).filter((name) => !(name in manifest.peerDependencies))).toEqual(
      [],
    );
  });

  it('exports nothing of a path whose source does not exist', () => {
    const targets = entries.flatMap(([, conditions]) => Object.values(conditions).flatMap((c) => [c.types, c.default]));
    const { main, module, types, bin = {} } = manifest;
    const missing = [main, module, types, ...Object.values(bin), ...targets].filter(
      (path) => !existsSync(sourceOf(path)),
    );
    expect(missing).toEqual([]);
  });

  it('gives each export path to import, to require and to both at once, types of the same format', () => {
    for (const [path, target] of entries) {
      const file = target.import.default.slice('./dist/esm/'.length, -'.js'.length);
      const built = (format: string) => ({
        types: `./dist/${format}/${file}.d.ts`,
        default: `./dist/${format}/${file}.js`,
      });
      expect([path, target]).toEqual([
        path,
        { import: built('esm'), 'module-sync': built('esm'), require: built('cjs') },
      ]);
      // The first that fits is taken: `require` before `module-sync` would load the classes twice.
      expect(Object.keys(target)).toEqual(['import', 'module-sync', 'require']);
    }
  });

  it('tells the compilers that know no exports where the types of each subpath are', () => {
    const types = entries.map(([path, target]) => [path.slice('./'.length), [target.require.types]] as const);
    expect(manifest.typesVersions['*']).toEqual(Object.fromEntries(types.filter(([path]) => path !== '')));
  });

  it('resolves each subpath in this repository’s own types and tests as consumers do', () => {
    const { paths } = (ts.readConfigFile('tsconfig.json', read).config as { compilerOptions: { paths: object } })
      .compilerOptions;
    const missing = entries.filter(([path]) => !(path.replace('.', 'nestjs-agent-analytics') in paths));
    expect(missing).toEqual([]);
  });

  it('ships what was built, the settings to copy and the changes, and nothing else', () => {
    expect(manifest.files).toEqual(['dist', 'docs/*.md', '.env.example', 'CHANGELOG.md']);
    expect(manifest.files.filter((path) => path !== 'dist' && !existsSync(dirname(path)))).toEqual([]);
  });

  it('opens no pattern into its inside', () => {
    const paths = [...Object.keys(manifest.exports), ...Object.keys(manifest.typesVersions['*'])];
    expect(paths.filter((path) => path.includes('*'))).toEqual([]);
  });
});

function packageOf(name: string): string {
  const [scope = '', rest = ''] = name.split('/');
  return name.startsWith('@') ? `${scope}/${rest}` : scope;
}

/** `./dist/esm/inbox/index.d.ts` is built from `src/inbox/index.ts`. */
function sourceOf(built: string): string {
  return built.replace(/^(\.\/)?dist\/(esm|cjs)\//, 'src/').replace(/(\.d\.ts|\.js)$/, '.ts');
}
