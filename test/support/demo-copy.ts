import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { compiledPackage } from './compiled-package.js';

const DEMO = 'examples/copilot';

/** A decorator of the library as it stands in the demo's source. */
export interface DemoDecorator {
  /** `tools/agent-tools.ts: @TrackToolCall on findAgent` */
  readonly name: string;
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Every `@Track…` of the demo, found by the compiler. */
export function demoDecorators(): DemoDecorator[] {
  return sourceFiles().flatMap((file) => {
    const source = ts.createSourceFile(file, readFileSync(join(DEMO, file), 'utf8'), ts.ScriptTarget.ES2023, true);
    const found: DemoDecorator[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isDecorator(node) && /^@Track/.test(node.getText())) {
        const method = (node.parent as ts.MethodDeclaration).name?.getText() ?? 'the class';
        const decorator = /^@\w+/.exec(node.getText())?.[0] ?? '';
        found.push({ name: `${file}: ${decorator} on ${method}`, file, start: node.getStart(), end: node.getEnd() });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
}

/**
 * Plays the demo's conversation on a compiled copy of it, one of its decorators left out where one is named. Tells its
 * exit code and what it printed. The copy uses the compiled library of `.compiled/src`.
 */
export async function playConversation(
  leftOut?: DemoDecorator,
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const copy = copyDemo(leftOut);
  try {
    return await run(join(copy, DEMO, 'dist', 'conversation.js'), env);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Starts a copy of the demo on a free port. */
export async function startDemo(): Promise<{ url: string; stop(): Promise<void> }> {
  const copy = copyDemo();
  const child = spawn(process.execPath, [join(copy, DEMO, 'dist', 'main.js')], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      PORT: '0',
      POSTHOG_API_KEY: '',
      OPENROUTER_API_KEY: '',
      OPENAI_API_KEY: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      const address = /Copilot demo: (\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void gone.then(() => reject(new Error(`the demo ended:\n${said}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await gone;
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

function copyDemo(leftOut?: DemoDecorator): string {
  const copy = mkdtempSync(join(process.cwd(), '.mutant-demo-'));
  writeFileSync(join(copy, 'package.json'), compiledPackage());
  symlinkSync(join(process.cwd(), '.compiled', 'src'), join(copy, 'src'));
  cpSync(DEMO, join(copy, DEMO), { recursive: true, filter: (path) => !path.endsWith('dist') });
  for (const file of sourceFiles()) {
    const source = readFileSync(join(DEMO, file), 'utf8');
    const { start, end } = leftOut?.file === file ? leftOut : { start: 0, end: 0 };
    compile(source.slice(0, start) + source.slice(end), join(copy, DEMO, 'dist', file.replace(/\.ts$/, '.js')));
  }
  return copy;
}

function sourceFiles(): string[] {
  const files = readdirSync(DEMO, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts') && !file.startsWith('dist'));
}

function compile(source: string, to: string): void {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      verbatimModuleSyntax: true,
    },
  });
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, outputText);
}

function run(script: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}
