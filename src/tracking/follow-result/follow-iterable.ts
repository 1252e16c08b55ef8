import { contextStorage } from '../../context/context-storage.js';
import { Executions, type FollowedCall } from './followed-call.js';
import { followIterator } from './follow-iterator.js';

/**
 * Watches an object that gives asynchronous iterators (an SDK's stream): each iteration is an execution.
 *
 * What is returned stands for the very object, but watches those who iterate through it: a shared one is not changed
 * for others. Its methods still run on the object itself, private fields and all; what they read of it can't be seen.
 */
export function followAsyncIterable(iterable: AsyncIterable<unknown>, call: FollowedCall): object {
  if (isFixed(iterable, Symbol.asyncIterator)) {
    call.cannotFollow();
    return iterable;
  }
  const executions = new Executions(call);
  const iterate = (): object => {
    const execution = executions.begin();
    const iterator = contextStorage.run(execution.frame, () => iterable[Symbol.asyncIterator]());
    return followIterator(iterator, execution);
  };
  const methods = new Map<unknown, unknown>();
  return new Proxy(iterable, {
    get(target, key) {
      if (key === Symbol.asyncIterator) return iterate;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function' || key === 'constructor' || isFixed(target, key)) return value;
      if (!methods.has(value)) methods.set(value, value.bind(target));
      return methods.get(value);
    },
  });
}

/** A proxy may not answer with another value for such a property. */
function isFixed(object: object, key: string | symbol): boolean {
  return Reflect.getOwnPropertyDescriptor(object, key)?.configurable === false;
}
