import type { FollowedCall } from './followed-call.js';
import { override } from './override.js';

type Follow = (result: unknown, call: FollowedCall) => unknown;

/**
 * Watches a promise. A native one is followed by the promise derived from it, which is returned: tapping the original
 * and returning that would hide unhandled rejections. A subclass (`APIPromise`, `p-lazy`) is returned itself, and seen
 * when it is awaited: some of them begin their work only then.
 */
export function followPromise(promise: Promise<unknown>, call: FollowedCall, follow: Follow): Promise<unknown> {
  if (isNative(promise)) return followNative(promise, call, follow);
  if (!followSubclass(promise, call, follow)) call.cannotFollow();
  return promise;
}

function followNative(promise: Promise<unknown>, call: FollowedCall, follow: Follow): Promise<unknown> {
  const derived = promise.then(
    (value) => follow(value, call),
    (error: unknown) => {
      call.threw(error);
      throw error;
    },
  );
  // Some libraries hang things on theirs (`cancel`, a child process): they belong to the result.
  for (const key in promise) {
    if (!Object.hasOwn(promise, key)) continue;
    Reflect.defineProperty(derived, key, Object.getOwnPropertyDescriptor(promise, key) as PropertyDescriptor);
  }
  return derived;
}

function followSubclass(promise: Promise<unknown>, call: FollowedCall, follow: Follow): boolean {
  call.awaitConsumer();
  let followed: { readonly result: unknown } | undefined;
  const isFollowed = override(promise, 'then', (then) => (onFulfilled?: Settled, onRejected?: Settled): unknown => {
    call.consumerCame();
    const fulfilled = (value: unknown): unknown => {
      followed ??= { result: follow(value, call) };
      return typeof onFulfilled === 'function' ? onFulfilled(followed.result) : followed.result;
    };
    const rejected = (error: unknown): unknown => {
      call.threw(error);
      if (typeof onRejected === 'function') return onRejected(error);
      throw error;
    };
    return then(fulfilled, rejected);
  });
  if (!isFollowed) return false;
  // By their contract these are made of `then`; where a subclass has its own, it would pass ours by.
  const { prototype } = Promise;
  for (const name of ['catch', 'finally'] as const) {
    if (Reflect.get(promise, name) === Reflect.get(prototype, name)) continue;
    override(promise, name, () => Reflect.get(prototype, name) as () => unknown);
  }
  return true;
}

type Settled = (value: unknown) => unknown;

/** Of this realm or another (jest runs tests in one of its own), but no subclass, and with the `then` of its class. */
function isNative(promise: Promise<unknown>): boolean {
  if (Object.hasOwn(promise, 'then')) return false;
  const prototype = Object.getPrototypeOf(promise) as object | null;
  if (prototype === Promise.prototype) return true;
  const beneath = prototype === null ? null : (Object.getPrototypeOf(prototype) as object | null);
  return beneath !== null && Object.getPrototypeOf(beneath) === null;
}
