import type { ModulesContainer } from '@nestjs/core';

type NestModule = NonNullable<ReturnType<ModulesContainer['get']>>;

/** What Nest's container keeps of one provider or controller. */
export type Wrapper = Parameters<Parameters<NestModule['providers']['forEach']>[0]>[0];

/** The prototype of a provider's instances; for values and factories known only once the instance exists. */
export function prototypeOf({ metatype, instance, inject }: Wrapper): object | undefined {
  const isFactory = inject !== undefined && inject !== null;
  // The metatype of a factory is the factory; a value has none.
  const ofClass = isFactory ? undefined : (metatype?.prototype as object | null | undefined);
  return ofClass ?? prototypeOfValue(instance);
}

function prototypeOfValue(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (Object.getPrototypeOf(value) as object | null) ?? undefined;
  } catch {
    // A proxy that refuses.
    return undefined;
  }
}
