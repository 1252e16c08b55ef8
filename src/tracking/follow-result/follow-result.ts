import { types } from 'node:util';
import { followAsyncIterable } from './follow-iterable.js';
import { followIterator } from './follow-iterator.js';
import { followObservable, isObservable } from './follow-observable.js';
import { followPromise } from './follow-promise.js';
import { followStream, nodeStreamOf } from './follow-stream.js';
import { followWebStream, webStreamOf } from './follow-web-stream.js';
import type { FollowedCall } from './followed-call.js';

/**
 * Watches what a tracked method returned until it is over, and returns what the caller is to be given: the same thing,
 * or one that stands for it. Never throws; a result that can't be looked at counts as a plain value.
 *
 * On the hot path for plain values and native promises.
 */
export function followResult(result: unknown, call: FollowedCall): unknown {
  try {
    if (typeof result === 'object' && result !== null) return followObject(result, call);
  } catch {
    // A proxy, or a getter, that refuses to be looked at.
  }
  call.returned(result);
  return result;
}

function followObject(result: object, call: FollowedCall): unknown {
  const prototype: unknown = Object.getPrototypeOf(result);
  if (prototype === Object.prototype && isPlainData(result)) {
    call.returned(result);
    return result;
  }
  if (prototype === Promise.prototype || types.isPromise(result))
    return followPromise(result as Promise<unknown>, call, followResult);
  // Before thenables, because Fastify's reply is one.
  const stream = nodeStreamOf(result);
  if (stream !== undefined) {
    followStream(stream, result, call);
    return result;
  }
  // Any other thenable may begin its work only when `then` is called: it is left alone.
  if (typeof (result as { then?: unknown }).then === 'function') {
    call.cannotFollow('lazy thenable');
    return result;
  }
  if (isObservable(result)) return followObservable(result, call);
  const webStream = webStreamOf(result);
  if (webStream !== undefined) {
    followWebStream(webStream, result, call);
    return result;
  }
  if (isAsyncIterable(result)) {
    if (!isIterator(result)) return followAsyncIterable(result, call);
  } else if (!types.isGeneratorObject(result)) {
    // Synchronous iterables (arrays, maps) are plain values, and so is everything else.
    call.returned(result);
    return result;
  }
  call.awaitConsumer();
  call.streaming();
  return followIterator(result, call);
}

/** Nothing that is followed below can have none of these. */
function isPlainData(result: object): boolean {
  return !(
    'then' in result ||
    'emit' in result ||
    'raw' in result ||
    'getStream' in result ||
    'getReader' in result ||
    'subscribe' in result ||
    'next' in result ||
    Symbol.asyncIterator in result
  );
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function';
}

function isIterator(value: object): boolean {
  return typeof (value as { next?: unknown }).next === 'function';
}
