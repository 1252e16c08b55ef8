import 'reflect-metadata';
import { Inject } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';

/** Resolves when every ConfigModule has loaded; inject it to read settings while providers are made. */
export const CONFIGURED = Symbol.for('nestjs-agent-analytics:configured');

type NestModule = NonNullable<ReturnType<ModulesContainer['get']>>;

/** Whether the application has a ConfigModule, whose loaders may still run. */
export function hasConfigModule(modules: ModulesContainer): boolean {
  return configModules(modules).length > 0;
}

/**
 * Resolves when all loaders of the application's ConfigModules are done, wherever these are imported. Their providers
 * depend on nothing of the application's, so that nobody waits in a circle. Never rejects: what fails there stops the
 * bootstrap by itself.
 */
export async function whenConfigured(modules: ModulesContainer): Promise<void> {
  await Promise.allSettled(configModules(modules).map(whenLoaded));
}

function configModules(modules: ModulesContainer): NestModule[] {
  return [...modules.values()].filter(({ metatype }) => metatype === ConfigModule);
}

/**
 * Waits as a class of that module would that injects all that its factories make: not the ConfigService alone, which
 * Nest may make before what has been loaded is put into it.
 */
async function whenLoaded({ providers }: NestModule): Promise<void> {
  // eslint-disable-next-line @typescript-eslint/no-extraneous-class -- Nest resolves what classes inject
  class Waiting {}
  let position = 0;
  for (const [token, { inject }] of providers) {
    if (inject !== undefined && inject !== null) Inject(token)(Waiting, undefined, position++);
  }
  const moduleRef = providers.get(ModuleRef)?.instance as ModuleRef | undefined;
  await moduleRef?.create(Waiting);
}
