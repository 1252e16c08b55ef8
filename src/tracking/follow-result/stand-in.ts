type Method = (...args: unknown[]) => unknown;

/**
 * What stands for an object in the caller's hands, with another method in place of one of its own: a shared object is
 * not changed for others. `undefined` where the object does not allow it.
 *
 * Everything else is the object's and runs on it, private fields and all; what it reads of itself can't be seen. What
 * `passedBy` names runs on the stand-in instead, because it is made of the method that was replaced.
 */
export function standIn<T extends object>(
  object: T,
  replaced: keyof T,
  method: (...args: never[]) => unknown,
  passedBy: ReadonlySet<string | symbol> = new Set(),
): T | undefined {
  if (isFixed(object, replaced as string | symbol)) return undefined;
  const methods = new Map<unknown, Method>();
  const stand: T = new Proxy(object, {
    get(target, key) {
      if (key === replaced) return method;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || passedBy.has(key) || isFixed(target, key))
        return value;
      let bound = methods.get(value);
      if (bound === undefined) methods.set(value, (bound = boundTo(target, value as Method, () => stand)));
      return bound;
    },
    set: (target, key, value) => Reflect.set(target, key, value, target),
  });
  return stand;
}

/** Where a method returns its object, to be called on, the caller is given what stands for it. */
function boundTo(object: object, method: Method, stand: () => object): Method {
  return (...args) => {
    const result: unknown = Reflect.apply(method, object, args);
    return result === object ? stand() : result;
  };
}

/** A proxy may not answer with another value for such a property. */
function isFixed(object: object, key: string | symbol): boolean {
  return Reflect.getOwnPropertyDescriptor(object, key)?.configurable === false;
}
