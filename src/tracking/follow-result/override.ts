type Original = (...args: unknown[]) => unknown;

/**
 * Puts a method in front of an object's own, on this object alone and out of sight of enumeration, because the very
 * object must reach the caller. `make` is given the original, bound. Tells whether the object allows it; one that has
 * no such method needs none.
 */
export function override(
  object: object,
  key: string | symbol,
  make: (original: Original) => (...args: never[]) => unknown,
): boolean {
  const method: unknown = Reflect.get(object, key);
  if (typeof method !== 'function') return true;
  const value = make((...args) => Reflect.apply(method, object, args) as unknown);
  return Reflect.defineProperty(object, key, { value, configurable: true, writable: true, enumerable: false });
}
