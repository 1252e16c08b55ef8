import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsPage } from './errors-page.js';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const blocks = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ''], i) => ({
    name: `${page} block ${i + 1}`,
    file: `${page.replace(/\W/g, '-')}-${i + 1}.ts`,
    code,
  })),
);

describe('code in the documentation', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(process.cwd(), '.docs-'));
    // Decorators are only compiled where a tsconfig.json includes the file.
    writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../tsconfig.json", "include": ["*.ts"] }');
    for (const { file, code } of blocks) writeFileSync(join(folder, file), code);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('compiles, every block a module of its own', { timeout: 60_000 }, () => {
    let said = '';
    try {
      execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], { encoding: 'utf8' });
    } catch (error) {
      // What is wrong in the source itself is the typecheck's to say.
      const lines = (error as { stdout: string }).stdout.split('\n');
      said = lines.filter((line) => line.startsWith('.docs-')).join('\n');
    }
    expect(said).toBe('');
  });

  it.each(blocks)('$name runs', async ({ file }) => {
    await expect(import(pathToFileURL(join(folder, file)).href)).resolves.toBeDefined();
  });
});

describe('pages', () => {
  it.each(pages)('%s links to what exists', (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  it('README is short enough to be read', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(200);
  });
});

describe('docs/errors.md', () => {
  it('is what the texts in the source say: printed anew with -u', async () => {
    await expect(errorsPage()).toMatchFileSnapshot('../../docs/errors.md');
  });

  it('is what one code means: no two texts share one', () => {
    const codes = [...errorsPage().matchAll(/^## (NAA\d+)/gm)].map(([, code]) => code);
    expect(codes).toEqual([...new Set(codes)]);
  });
});
