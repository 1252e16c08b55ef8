import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { entries } from './packed-package.js';

const execute = promisify(execFile);

/** What stands in a consumer's package.json beside the packed package. */
export interface Installation {
  readonly packages: Readonly<Record<string, string>>;
  /** Versions for packages that are not the consumer's own choice. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** How a consumer compiles: its module format and how its TypeScript finds packages. */
export interface Compilation {
  readonly format: 'esm' | 'commonjs';
  readonly resolution: 'node10' | 'node16' | 'nodenext' | 'bundler';
  /** Takes the types of libraries as they are, this package's too: twice as quick. */
  readonly skipLibCheck?: boolean;
}

/** A folder far from this repository in which the packed package is installed, as any application has it. */
export class Consumer {
  private compiled = 0;

  private constructor(readonly folder: string) {}

  static async install(tarball: string, { packages, overrides = {} }: Installation): Promise<Consumer> {
    const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    const dependencies = { 'nestjs-agent-analytics': `file:${tarball}`, ...packages };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
    const consumer = new Consumer(folder);
    // Peers that do not fit fail here: npm refuses what its strict rules forbid.
    const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--strict-peer-deps'];
    await consumer.execute('npm', ['install', ...flags]);
    return consumer;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Compiles sources of `application` and an import of every export path with the consumer's own TypeScript. Rejects
   * with what it says of the application or of this package. Gives the folder.
   */
  async compile(compilation: Compilation, sources: readonly string[]): Promise<string> {
    const { format, resolution } = compilation;
    const folder = join(this.folder, `${format}-${resolution}-${++this.compiled}`);
    mkdirSync(folder);
    const type = format === 'esm' ? 'module' : 'commonjs';
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
    for (const source of sources) cpSync(new URL(`application/${source}`, import.meta.url), join(folder, source));
    writeFileSync(join(folder, 'entries.ts'), importOfEntries());
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options(compilation) }));
    const complaints = await this.complaintsOfTypeScript(folder);
    if (complaints.length > 0) throw new Error(`${format}, ${resolution}:\n${complaints.join('\n')}`);
    return folder;
  }

  /** Runs a file, and gives what it printed on stdout. */
  run(file: string, env: Readonly<Record<string, string>> = {}, node = process.execPath): Promise<string> {
    return this.execute(node, [file], env);
  }

  /** Runs a command of a package that is installed. */
  runBin(name: string, args: readonly string[]): Promise<string> {
    return this.execute(join(this.folder, 'node_modules/.bin', name), args);
  }

  private async complaintsOfTypeScript(folder: string): Promise<string[]> {
    const compiler = join(this.folder, 'node_modules/typescript/bin/tsc');
    try {
      await execute(process.execPath, [compiler, '-p', folder], { cwd: this.folder });
      return [];
    } catch (error) {
      const { stdout } = error as { stdout: string };
      const others = /^node_modules\/(?!nestjs-agent-analytics\/)/;
      // An indented line belongs to the one above.
      const complaints = stdout.split('\n').filter((line) => /^\S/.test(line));
      return complaints.filter((line) => !others.test(line));
    }
  }

  private async execute(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    try {
      const options = { cwd: this.folder, env: { ...plainEnvironment(), ...env }, maxBuffer: 2 ** 26 };
      return (await execute(command, args, options)).stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }
}

function importOfEntries(): string {
  const imports = entries().map((entry, i) => `import * as entry${i} from '${entry}';\n`);
  return `${imports.join('')}export const entries = [${imports.map((_, i) => `entry${i}`).join(', ')}];\n`;
}

function options({ format, resolution, skipLibCheck = false }: Compilation): object {
  const modules = { node10: 'commonjs', node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' };
  return {
    module: modules[resolution],
    moduleResolution: resolution,
    ...(format === 'commonjs' && { esModuleInterop: true }),
    target: 'ES2022',
    strict: true,
    declaration: true,
    skipLibCheck,
    noEmitOnError: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
  };
}

/** Without what this run of tests has set: a consumer's application is no test. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|VITEST|npm_|POSTHOG_|ANALYTICS_)/.test(name),
  );
  return Object.fromEntries(kept);
}
