import { AsyncLocalStorage } from 'node:async_hooks';
import type { Frame } from './frame.js';

const KEY = Symbol.for('nestjs-agent-analytics:storage@1');
type Holder = { [KEY]?: AsyncLocalStorage<Frame | undefined> };

/** One storage a process: two loaded copies of the library (ESM and CommonJS) see the same frames. */
export const contextStorage: AsyncLocalStorage<Frame | undefined> = ((globalThis as Holder)[KEY] ??=
  new AsyncLocalStorage<Frame | undefined>());

export function currentFrame(): Frame | undefined {
  return contextStorage.getStore();
}
