import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { afterwards } from './spool-folder.js';

/** Puts a function in the place of one of node:fs until the test is over; it is given the real one. */
export function replaceFs<K extends keyof typeof fs>(name: K, make: (real: (typeof fs)[K]) => (typeof fs)[K]): void {
  const real = fs[name];
  fs[name] = make(real);
  syncBuiltinESMExports();
  afterwards(() => {
    fs[name] = real;
    syncBuiltinESMExports();
  });
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}
