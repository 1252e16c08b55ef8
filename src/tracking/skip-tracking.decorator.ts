import { skipTracking } from './tracked-methods.js';

/** Leaves a method out of what a decorator on its class tracks. Decorators on the method itself still count. */
export function SkipTracking(): MethodDecorator {
  return (target, key) => skipTracking(target, key);
}
