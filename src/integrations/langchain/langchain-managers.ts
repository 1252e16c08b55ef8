import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LangChainHandler } from './langchain-handler.js';

/** What is used of `@langchain/core`'s `CallbackManager`. */
export interface CallbackManagers {
  new (): CallbackManagerInstance;
  _configureSync(...args: never[]): CallbackManagerInstance | undefined;
}

interface CallbackManagerInstance {
  readonly handlers: unknown[];
  addHandler(handler: never, inherit?: boolean): void;
}

type Configure = (this: unknown, ...args: unknown[]) => CallbackManagerInstance | undefined;

/**
 * Adds the handler to all that runs by way of these managers, once, whatever callbacks it is given. The function
 * returned takes it away.
 *
 * Not by `registerConfigureHook`: what that registers is seen in the asynchronous context of the registration only,
 * and an application's start is none that requests come from (on Node 24 never, before it by chance).
 */
export function addToManagers(managers: readonly CallbackManagers[], handler: LangChainHandler): () => void {
  const removals = managers.map((manager) => addToManager(manager, handler));
  return () => removals.forEach((remove) => remove());
}

function addToManager(managers: CallbackManagers, handler: LangChainHandler): () => void {
  const holder = managers as unknown as { _configureSync: Configure };
  const original = holder._configureSync;
  if (typeof original !== 'function') throw new TypeError('not a CallbackManager');
  let isActive = true;
  const configure: Configure = function (this: unknown, ...args) {
    // Without any callbacks there would be no manager, nor the tags and metadata that it carries.
    if (isActive && !args[0] && !args[1]) args[0] = [handler];
    const configured = original.apply(this, args);
    if (isActive && configured?.handlers.includes(handler) === false) configured.addHandler(handler as never, true);
    return configured;
  };
  holder._configureSync = configure;
  return () => {
    isActive = false;
    // Somebody who has wrapped it since goes through it.
    if (holder._configureSync === configure) holder._configureSync = original;
  };
}

/**
 * The `CallbackManager` of the application's `@langchain/core`, in both formats: which of them runs depends on how each
 * of its packages was loaded. Throws where there is none.
 */
export function installedManagers(): CallbackManagers[] {
  const found = new Set<CallbackManagers>();
  let failure: unknown;
  for (const base of [process.argv[1], join(process.cwd(), 'index.js')]) {
    if (base === undefined) continue;
    try {
      for (const managers of managersFrom(createRequire(base))) found.add(managers);
    } catch (error) {
      failure = error;
    }
  }
  if (found.size === 0) throw failure;
  return [...found];
}

function managersFrom(require: NodeJS.Require): CallbackManagers[] {
  const manifest = require.resolve('@langchain/core/package.json');
  const { exports } = require(manifest) as { exports: Record<string, { import: { default: string } }> };
  const esm = exports['./callbacks/manager']?.import.default;
  const modules = [require('@langchain/core/callbacks/manager') as unknown];
  // Every Node that is supported can require the ESM format too.
  if (esm !== undefined) modules.push(require(join(manifest, '..', esm)));
  return modules.map((module) => (module as { CallbackManager: CallbackManagers }).CallbackManager);
}
