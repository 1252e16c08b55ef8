import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One line of Nest, with the packages that go with it. */
export interface NestLine {
  readonly nest: string;
  readonly packages: Readonly<Record<string, string>>;
}

export type ModuleFormat = 'esm' | 'commonjs';

/** An application of its own that has the packed package installed: nothing of this repository is in its reach. */
export class Consumer {
  private constructor(readonly folder: string) {}

  static async install(tarball: string, { packages }: NestLine): Promise<Consumer> {
    const folder = mkdtempSync(join(tmpdir(), 'consumer-'));
    const dependencies = { 'nestjs-agent-analytics': `file:${tarball}`, ...packages };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await npm(folder, ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']);
    return new Consumer(folder);
  }

  /** Compiles an application with the consumer's own TypeScript, as its format has it, and runs it. */
  async run(format: ModuleFormat, source: string): Promise<string> {
    const folder = join(this.folder, format);
    mkdirSync(folder);
    const type = format === 'esm' ? 'module' : 'commonjs';
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(folder, 'app.ts'), source);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: compilerOptions(format) }));
    await this.execute([join(this.folder, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    return this.execute([join(folder, 'app.js')]);
  }

  /** Runs a line of CommonJS and tells what it printed. */
  evaluate(line: string): Promise<string> {
    return this.execute(['-e', line]);
  }

  private async execute(args: readonly string[]): Promise<string> {
    try {
      const { stdout } = await execute(process.execPath, args, { cwd: this.folder });
      return stdout;
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }
}

/** Packs the package as it would be published, which builds it first. */
export async function packPackage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  await npm(process.cwd(), ['pack', '--pack-destination', folder, '--loglevel=error']);
  return join(folder, 'nestjs-agent-analytics-0.1.0.tgz');
}

/** CommonJS as Nest's own starter had it for years: types are found by node10's rules. */
function compilerOptions(format: ModuleFormat): object {
  const own =
    format === 'esm'
      ? { module: 'nodenext', moduleResolution: 'nodenext' }
      : { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '5.0', esModuleInterop: true };
  return {
    ...own,
    target: 'ES2022',
    strict: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
  };
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  try {
    await execute('npm', args, { cwd, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
