import 'reflect-metadata';
import { UseInterceptors } from '@nestjs/common';
import { isCaptureHandle, type CaptureHandle } from '../capture/capture-handle.js';
import { currentFrame } from '../context/context-storage.js';
import { AnalyticsInterceptor } from '../requests/analytics.interceptor.js';
import { callTracked } from './call-tracked.js';
import { handleOf, installSlot } from './instance-slot.js';
import { setTrackedMethod, TrackedMethod, trackedMethod } from './tracked-methods.js';
import { tellUntracked } from './untracked-calls.js';

type Method = (...args: never[]) => unknown;

/**
 * The tracked method behind a descriptor, which it wraps unless it is wrapped already: all decorators of a method share
 * one wrapper, and each call is one call.
 *
 * The wrapper is a plain function that returns what the method returns, with its name, length, properties and metadata.
 */
export function wrapMethod(
  owner: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
): TrackedMethod {
  const existing = trackedMethod(owner, key);
  if (existing !== undefined && existing.wrapper === descriptor.value) return existing;

  const original = descriptor.value as Method;
  const method = new TrackedMethod(owner, key, nameOf(owner, key), original, existing);
  method.wrapper = wrapperOf(method);
  copyFunction(original, method.wrapper);
  descriptor.value = method.wrapper;
  setTrackedMethod(owner, method);
  // A static method has no instance to bind.
  if (typeof owner !== 'function') installSlot(owner);
  addInterceptor(owner, key, descriptor);
  return method;
}

/** The name of a method for people: `Class.method`. */
export function nameOf(owner: object, key: string | symbol): string {
  const className = typeof owner === 'function' ? owner.name : (owner.constructor as { name?: string }).name;
  return `${className || 'anonymous class'}.${String(key)}`;
}

/**
 * On the hot path. While analytics is off (no handle, or one without a target) the original is called and nothing else:
 * no closure, no allocation, no clock.
 */
function wrapperOf(method: TrackedMethod): Method {
  const { original } = method;
  // A shorthand method, because like the original it is no constructor and has no prototype.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- its `this` is the caller's
  const { wrapper } = {
    wrapper(this: unknown): unknown {
      let handle = handleOf(this);
      let target = handle?.target;
      if (target === undefined) {
        // Its application is over, or unknown: it may have been handed on to the one that this work runs in.
        handle = handleOfContext() ?? handle;
        target = handle?.target;
      }
      // eslint-disable-next-line prefer-rest-params -- a rest parameter would be allocated for untracked calls too
      const args = arguments;
      if (handle === undefined || target === undefined) {
        tellUntracked(method, handle === undefined ? 'unbound' : 'off');
        return original.apply(this, args as never);
      }
      return callTracked(method, this, copyOf(args), handle, target);
    },
  };
  return wrapper;
}

function handleOfContext(): CaptureHandle | undefined {
  const handle = currentFrame()?.handle;
  return isCaptureHandle(handle) ? handle : undefined;
}

/** By hand, because `Array.from` takes several times as long. */
function copyOf(args: IArguments): unknown[] {
  const copy = new Array<unknown>(args.length);
  for (let index = 0; index < args.length; index++) copy[index] = args[index];
  return copy;
}

/** What decorators beneath have put on the original; those above will find the wrapper. */
function copyFunction(from: Method, to: Method): void {
  for (const property of Reflect.ownKeys(from)) {
    const descriptor = Reflect.getOwnPropertyDescriptor(from, property);
    if (descriptor !== undefined) Reflect.defineProperty(to, property, descriptor);
  }
  for (const metadataKey of Reflect.getOwnMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(metadataKey, Reflect.getOwnMetadata(metadataKey, from), to);
  }
}

/** Nest's own metadata key of interceptors. */
const INTERCEPTORS = '__interceptors__';

function addInterceptor(owner: object, key: string | symbol, descriptor: TypedPropertyDescriptor<Method>): void {
  const present = Reflect.getOwnMetadata(INTERCEPTORS, descriptor.value as Method) as unknown[] | undefined;
  if (present?.includes(AnalyticsInterceptor) !== true) UseInterceptors(AnalyticsInterceptor)(owner, key, descriptor);
}
