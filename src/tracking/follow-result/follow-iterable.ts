import { contextStorage } from '../../context/context-storage.js';
import type { Frame } from '../../context/frame.js';
import { Executions, type FollowedCall } from './followed-call.js';
import { followIterator } from './follow-iterator.js';
import { override } from './override.js';
import { standIn } from './stand-in.js';

const FOLLOWED = Symbol.for('nestjs-agent-analytics:followed-iterable');

/** The method that stands before an iterable's own. */
interface Iterate {
  (): object;
  [FOLLOWED]?: { readonly frame: Frame; readonly original: () => object };
}

/**
 * Watches an object that gives asynchronous iterators (an SDK's stream): each iteration is an execution.
 *
 * The very object is returned, so that its class knows it again. One that somebody else's call has returned before is
 * shared: what is returned then stands for it, and watches those who iterate through it.
 */
export function followAsyncIterable(iterable: AsyncIterable<unknown>, call: FollowedCall): object {
  const known = (iterable[Symbol.asyncIterator] as Iterate)[FOLLOWED];
  const isShared = known !== undefined && !isWithin(known.frame, call.frame);
  const iterate = isShared ? known.original : (iterable[Symbol.asyncIterator] as () => object).bind(iterable);
  const watched: Iterate = () => {
    const execution = executions.begin();
    return followIterator(contextStorage.run(execution.frame, iterate), execution, iterable);
  };
  watched[FOLLOWED] = { frame: call.frame, original: known?.original ?? iterate };
  const followed = isShared
    ? standIn(iterable, Symbol.asyncIterator, watched as () => AsyncIterator<unknown>)
    : override(iterable, Symbol.asyncIterator, () => watched) && iterable;
  if (!followed) {
    call.cannotFollow();
    return iterable;
  }
  const isRead = isShared ? undefined : watchMethods(iterable);
  const executions = new Executions(call, () => {
    if (isRead?.() !== true) return false;
    call.cannotFollow();
    return true;
  });
  return followed;
}

/** Whether a call was made by another, whose result is then the same. */
function isWithin(frame: Frame, outer: Frame): boolean {
  for (let around: Frame | undefined = frame; around !== undefined; around = around.parent) {
    if (around === outer) return true;
  }
  return false;
}

/**
 * Tells whether a method of its class has been called. It may be read by one (`tee`, `finalMessage`) to an end that
 * can't be seen: then it was not left unconsumed.
 */
function watchMethods(object: object): () => boolean {
  let isCalled = false;
  let owner = Object.getPrototypeOf(object) as object | null;
  for (; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object | null) {
    for (const key of Reflect.ownKeys(owner)) {
      if (key === 'constructor' || Object.hasOwn(object, key)) continue;
      if (typeof Reflect.getOwnPropertyDescriptor(owner, key)?.value !== 'function') continue;
      override(object, key, (method) => (...args: unknown[]) => {
        isCalled = true;
        return method(...args);
      });
    }
  }
  return () => isCalled;
}
