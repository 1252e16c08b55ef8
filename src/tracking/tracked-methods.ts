import 'reflect-metadata';
import { bodyParameters, type BodyParameter } from './message-body.js';
import type { Tracking, TrackingKind } from './tracking.js';

const TRACKED_METHOD = Symbol.for('nestjs-agent-analytics:tracked-method');
const SKIPPED = Symbol.for('nestjs-agent-analytics:skip-tracking');

/** A method that is wrapped, with everything that the decorators on it want of each call. */
export class TrackedMethod {
  /** In the order of their evaluation: the one nearest to the method first. */
  readonly trackings: Tracking[] = [];
  /** What stands on the prototype instead of the original. */
  wrapper: (...args: never[]) => unknown;
  /** Whether a call begins a trace where there is none, and counts the calls beneath it. */
  opensTrace = false;
  /** Whether a call ends with the response that carries its result. */
  endsWithResponse = false;
  /** The name under which its calls are told, where the method is a tool. */
  toolName: string | undefined = undefined;
  /** Whether a decorator wants to see the chunks of a result that streams. */
  readsChunks = false;
  /** Whether a decorator says by itself who the call is for. */
  namesItsPerson = false;
  private readonly toldWithoutContext = new WeakSet();
  private parameters: readonly BodyParameter[] | undefined;

  constructor(
    private readonly owner: object,
    readonly key: string | symbol,
    /** `Class.method`. */
    readonly where: string,
    readonly original: (...args: never[]) => unknown,
    /** Where another decorator wrapped a tracked method and this wraps the result: the tracked method within. */
    readonly inner: TrackedMethod | undefined,
  ) {
    this.wrapper = original;
  }

  add(tracking: Tracking): void {
    this.trackings.push(tracking);
    this.opensTrace ||= tracking.kind === 'message' || tracking.kind === 'run';
    this.endsWithResponse ||= tracking.kind === 'message';
    this.toolName ??= tracking.toolName;
    this.readsChunks ||= tracking.chunk !== undefined;
    this.namesItsPerson ||= tracking.options.userId !== undefined || tracking.options.sessionId !== undefined;
  }

  /** Whether the same decorator is on the method already. */
  has(id: string): boolean {
    return this.trackings.some((tracking) => tracking.id === id) || (this.inner?.has(id) ?? false);
  }

  tracks(kind: TrackingKind): boolean {
    return this.trackings.some((tracking) => tracking.kind === kind);
  }

  /** Where a handler's parameter decorators say that the body is. */
  get bodyParameters(): readonly BodyParameter[] {
    return (this.parameters ??= bodyParameters(this.owner, this.key));
  }

  /** True the first time that it is asked for this application. */
  isFirstWithoutContext(application: object): boolean {
    if (this.toldWithoutContext.has(application)) return false;
    this.toldWithoutContext.add(application);
    return true;
  }
}

/** What a class tracks, for whoever lists it. */
export interface TrackedMethodInfo {
  readonly key: string | symbol;
  /** `Class.method`, the class being the one that declares it. */
  readonly where: string;
  /** The decorators' names, such as `TrackToolCall`. */
  readonly decorators: readonly string[];
}

/** The tracked methods of a prototype, inherited ones among them; an override without a decorator hides its base's. */
export function trackedMethods(prototype: object): readonly TrackedMethodInfo[] {
  const found: TrackedMethodInfo[] = [];
  const seen = new Set<string | symbol>();
  for (let owner: object | null = prototype; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    if (owner === Object.prototype) break;
    for (const key of Reflect.ownKeys(owner)) {
      if (seen.has(key)) continue;
      seen.add(key);
      const method = trackedMethod(owner, key);
      if (method !== undefined) found.push({ key, where: method.where, decorators: decoratorsOf(method) });
    }
  }
  return found;
}

/** The tracked method that this very object declares under this key. */
export function trackedMethod(owner: object, key: string | symbol): TrackedMethod | undefined {
  return Reflect.getOwnMetadata(TRACKED_METHOD, owner, key) as TrackedMethod | undefined;
}

/** Kept on (owner, key), where no other decorator can drop it. */
export function setTrackedMethod(owner: object, method: TrackedMethod): void {
  Reflect.defineMetadata(TRACKED_METHOD, method, owner, method.key);
}

export function skipTracking(owner: object, key: string | symbol): void {
  Reflect.defineMetadata(SKIPPED, true, owner, key);
}

export function isSkipped(owner: object, key: string | symbol): boolean {
  return Reflect.getOwnMetadata(SKIPPED, owner, key) === true;
}

function decoratorsOf(method: TrackedMethod): string[] {
  const own = method.trackings.map((tracking) => tracking.decorator);
  return method.inner === undefined ? own : [...decoratorsOf(method.inner), ...own];
}
