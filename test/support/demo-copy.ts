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

/** A text of the demo's source that a copy has otherwise, as another developer would have written it. */
export interface DemoEdit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Starts a copy of the demo on a free port; `restart` does so again, on the same one. */
export async function startDemo(
  edits: readonly DemoEdit[] = [],
): Promise<{ url: string; inbox: string; restart(): Promise<void>; stop(): Promise<void> }> {
  const copy = copyDemo(undefined, edits);
  const main = join(copy, DEMO, 'dist', 'main.js');
  let running = await runDemo(main, '0');
  const { url, inbox } = running;
  return {
    url,
    inbox,
    async restart() {
      await running.end();
      running = await runDemo(main, new URL(url).port);
    },
    async stop() {
      await running.end();
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

async function runDemo(main: string, port: string): Promise<{ url: string; inbox: string; end(): Promise<void> }> {
  const keys = { POSTHOG_API_KEY: '', OPENROUTER_API_KEY: '', OPENAI_API_KEY: '' };
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...keys, NODE_ENV: 'development', PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let said = '';
  const [, url = '', inbox = ''] = await new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      const addresses = /Copilot demo: (\S+)\n.* alone: (\S+)/.exec(said);
      if (addresses !== null) resolve(addresses);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void gone.then(() => reject(new Error(`the demo ended:\n${said}`)));
  });
  return {
    url,
    inbox,
    end() {
      child.kill('SIGTERM');
      return gone;
    },
  };
}

function copyDemo(leftOut?: DemoDecorator, edits: readonly DemoEdit[] = []): string {
  const copy = mkdtempSync(join(process.cwd(), '.mutant-demo-'));
  writeFileSync(join(copy, 'package.json'), compiledPackage());
  symlinkSync(join(process.cwd(), '.compiled', 'src'), join(copy, 'src'));
  cpSync(DEMO, join(copy, DEMO), { recursive: true, filter: (path) => !path.endsWith('dist') });
  for (const file of sourceFiles()) {
    const source = readFileSync(join(DEMO, file), 'utf8');
    const { start, end } = leftOut?.file === file ? leftOut : { start: 0, end: 0 };
    const edited = edits
      .filter((edit) => edit.file === file)
      .reduce(applyEdit, source.slice(0, start) + source.slice(end));
    compile(edited, join(copy, DEMO, 'dist', file.replace(/\.ts$/, '.js')));
  }
  return copy;
}

function applyEdit(source: string, { file, find, replace }: DemoEdit): string {
  if (!source.includes(find)) throw new Error(`${file} has no ${find}`);
  return source.replace(find, () => replace);
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
