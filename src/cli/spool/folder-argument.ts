import { existsSync } from 'node:fs';
import { WrongUse } from '../wrong-use.js';

/** The one folder that a command is called with. Throws `WrongUse` for none or several, and where there is no such. */
export function folderArgument(positionals: readonly string[]): string {
  const [dir] = positionals;
  if (dir === undefined || positionals.length > 1) throw new WrongUse('One folder is expected: that of the spool.');
  if (!existsSync(dir)) throw new Error(`There is no folder ${dir}.`);
  return dir;
}
