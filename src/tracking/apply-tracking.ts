import type { Message } from '../event/messages.js';
import { messages } from '../event/messages.js';
import { isSkipped, type TrackedMethod } from './tracked-methods.js';
import type { TrackableMethod } from './track-options.js';
import type { Tracking } from './tracking.js';
import { nameOf, wrapMethod } from './wrap-method.js';

/** A decorator for methods whose callbacks are typed by the method; and one that `applyDecorators` of Nest takes. */
export interface TrackMethodDecorator<M extends TrackableMethod> extends PassedOn {
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>): void;
}

/** Likewise, and for classes. */
export interface TrackDecorator<M extends TrackableMethod> extends PassedOn {
  (target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<M>): void;
  (target: AnyClass): void;
}

/**
 * What makes it a `MethodDecorator`, which is for any method. Nothing is called with such a `this`, so that where the
 * decorator stands on a method itself, only the typed form counts.
 */
interface PassedOn {
  <T>(this: never, target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>): void;
}

/** By what every class has: one whose constructor is private or protected can't be told by that. */
interface AnyClass {
  readonly name: string;
  readonly prototype: object;
}

/** What a decorator wants of the calls of one method. */
export type MakeTracking = (key: string | symbol, fromClass: boolean) => Tracking;

/** Makes a decorator that tracks the method it stands on. Throws where that is none, or is tracked by it already. */
export function trackMethod<M extends TrackableMethod>(name: string, make: MakeTracking): TrackMethodDecorator<M> {
  return (target: unknown, key?: unknown, descriptor?: unknown) => {
    if (isOnClass(target, key, descriptor)) throw misuse(messages.notOnAClass(name, target.name));
    track(name, make, target, key, descriptor);
  };
}

/**
 * Makes a decorator that tracks the method it stands on, or all methods that a class itself declares: without accessors,
 * the constructor, Nest's lifecycle hooks, names that begin with `_`, methods marked with `@SkipTracking()` and those
 * that the same decorator tracks already.
 */
export function trackMethodOrClass<M extends TrackableMethod>(name: string, make: MakeTracking): TrackDecorator<M> {
  return (target: unknown, key?: unknown, descriptor?: unknown) => {
    if (isOnClass(target, key, descriptor)) trackClass(target.prototype, make);
    else track(name, make, target, key, descriptor);
  };
}

function track(name: string, make: MakeTracking, target: unknown, key: unknown, descriptor: unknown): void {
  if (isStandardContext(key)) throw misuse(messages.standardDecorators(name));
  const owner = target as object;
  const method = key as string | symbol;
  if (!isMethodDescriptor(descriptor)) throw misuse(messages.notAMethod(name, nameOf(owner, method ?? 'constructor')));
  const tracking = make(method, false);
  const tracked = wrapMethod(owner, method, descriptor);
  if (tracked.has(tracking.id)) throw misuse(messages.trackedTwice(name, tracked.where));
  tracked.add(tracking);
}

function trackClass(prototype: object, make: MakeTracking): void {
  for (const key of Object.getOwnPropertyNames(prototype)) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
    if (!isMethodDescriptor(descriptor) || untracked.has(key) || key.startsWith('_')) continue;
    if (isSkipped(prototype, key)) continue;
    const tracking = make(key, true);
    const tracked: TrackedMethod = wrapMethod(prototype, key, descriptor);
    if (tracked.has(tracking.id)) continue;
    tracked.add(tracking);
    Object.defineProperty(prototype, key, descriptor);
  }
}

const untracked: ReadonlySet<string> = new Set([
  'constructor',
  ...[
    'onModuleInit',
    'onApplicationBootstrap',
    'onModuleDestroy',
    'beforeApplicationShutdown',
    'onApplicationShutdown',
  ],
  ...['afterInit', 'handleConnection', 'handleDisconnect'],
]);

function isMethodDescriptor(descriptor: unknown): descriptor is TypedPropertyDescriptor<TrackableMethod> {
  return typeof (descriptor as PropertyDescriptor | undefined)?.value === 'function';
}

/** A class's decorator is given the class alone; that of a constructor's parameter its position too. */
function isOnClass(target: unknown, key: unknown, position: unknown): target is AnyClass {
  return typeof target === 'function' && key === undefined && position === undefined;
}

function isStandardContext(key: unknown): boolean {
  return typeof key === 'object' && key !== null && 'kind' in key;
}

function misuse({ code, text }: Message): Error {
  return new TypeError(`[AnalyticsModule] ${code} ${text}`);
}
