import type { ModulesContainer } from '@nestjs/core';

type NestModule = NonNullable<ReturnType<ModulesContainer['get']>>;

/** What Nest's container keeps of one provider or controller. */
export type Wrapper = Parameters<Parameters<NestModule['providers']['forEach']>[0]>[0];

/** The prototype that its instances have, or will have; of what a factory makes, once it is made. */
export function prototypeOf({ metatype, instance, inject }: Wrapper): object | undefined {
  // The metatype of a factory is the factory.
  if (inject === undefined || inject === null) return (metatype?.prototype ?? undefined) as object | undefined;
  const made: unknown = instance;
  return typeof made === 'object' && made !== null ? (Object.getPrototypeOf(made) as object) : undefined;
}
