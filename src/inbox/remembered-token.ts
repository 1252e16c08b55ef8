import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AccessToken } from './access-token.js';

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/**
 * The token of this project on this machine: the same over restarts, so that an open page goes on after the
 * application was restarted by its file watcher. It stands in `node_modules/.cache`, readable for its owner only;
 * where there is none that can be written, it is
 * another one each time.
 */
export function rememberedToken(projectFolder: string, inboxPath: string): string {
  try {
    const modules = nearestModules(projectFolder);
    if (modules === undefined) return AccessToken.random();
    const folder = join(modules, '.cache', 'nestjs-agent-analytics');
    const name = createHash('sha256').update(`${projectFolder}\n${inboxPath}`).digest('hex').slice(0, 12);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `inbox-token-${name}`);
    return readToken(file) ?? createToken(file);
  } catch {
    return AccessToken.random();
  }
}

/** The `node_modules` of the project; in a workspace it may stand above. None is made. */
function nearestModules(folder: string): string | undefined {
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  const above = dirname(folder);
  return above === folder ? undefined : nearestModules(above);
}

/** One that others could read or have put there is not taken. */
function readToken(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | NO_FOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    const isPrivate = process.platform === 'win32' || ((mode & 0o077) === 0 && uid === process.getuid?.());
    const token = size < 200 ? readFileSync(descriptor, 'utf8').trim() : '';
    if (!isPrivate || !/^[\w-]{40,}$/.test(token)) throw new Error('not a token of ours');
    return token;
  } finally {
    closeSync(descriptor);
  }
}

function createToken(file: string): string {
  const token = AccessToken.random();
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, 0o600);
  try {
    writeSync(descriptor, token);
  } finally {
    closeSync(descriptor);
  }
  return token;
}
