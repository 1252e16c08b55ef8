import { Inject, Optional } from '@nestjs/common';
import { CAPTURE_HANDLE, isCaptureHandle, type CaptureHandle } from '../capture/capture-handle.js';

const SLOT = Symbol.for('nestjs-agent-analytics:handle-slot');
type WithSlot = { [SLOT]?: unknown };

/**
 * Gives the instances of a class a place for their application's capture handle, and lets Nest fill it: whatever the
 * scope, each instance that Nest constructs is bound by property injection, which is optional. Once for a class and
 * those that extend it.
 */
export function installSlot(prototype: object): void {
  if (SLOT in prototype) return;
  // Instances stay as they are (frozen ones can be bound, snapshots don't change), so the handles stand beside them.
  const handles = new WeakMap<object, CaptureHandle>();
  Object.defineProperty(prototype, SLOT, {
    configurable: true,
    get(this: object): CaptureHandle | undefined {
      return handles.get(this);
    },
    set(this: object, value: unknown) {
      // Whatever else an auto-mocking test injects here is no handle.
      if (isCaptureHandle(value)) handles.set(this, value);
    },
  });
  Inject(CAPTURE_HANDLE)(prototype, SLOT);
  Optional()(prototype, SLOT);
}

/** The handle of the application that an object belongs to, if it is bound. Never throws. On the hot path. */
export function handleOf(instance: unknown): CaptureHandle | undefined {
  try {
    const handle = (instance as WithSlot | undefined)?.[SLOT];
    return isCaptureHandle(handle) ? handle : undefined;
  } catch {
    // A proxy that refuses unknown properties.
    return undefined;
  }
}

/**
 * Binds an object that Nest did not construct (`useFactory`, `useValue`). Tells whether the object can be bound: one
 * of a class without tracked methods can't.
 */
export function bindInstance(instance: object, handle: CaptureHandle): boolean {
  try {
    if (!(SLOT in instance)) return false;
    (instance as WithSlot)[SLOT] = handle;
    return handleOf(instance) === handle;
  } catch {
    return false;
  }
}
