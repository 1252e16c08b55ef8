import type { FollowedCall } from './followed-call.js';
import { followIterator } from './follow-iterator.js';
import { override } from './override.js';
import { watchPromise } from './watch-promise.js';

/** The web stream that a result is or carries: a ReadableStream, or a Response with a body. */
export function webStreamOf(result: object): ReadableStream<unknown> | undefined {
  if (isWebStream(result)) return result;
  if (typeof Response !== 'function' || !(result instanceof Response)) return undefined;
  return isWebStream(result.body) ? result.body : undefined;
}

/**
 * Watches a web stream at whichever door the consumer takes, because nothing tells from outside that it has ended, and
 * reading along would change its back-pressure. It can be consumed once, so it is one execution. Piped, its chunks can't
 * be seen.
 */
export function followWebStream(stream: ReadableStream<unknown>, result: object, call: FollowedCall): void {
  call.awaitConsumer();
  call.streaming();
  if (!watchReader(stream, result, call)) return call.cannotFollow();
  watchCancel(stream, call);
  watchPipes(stream, result, call);
  override(stream, 'tee', (tee) => () => {
    const branches = tee() as [ReadableStream, ReadableStream];
    // Both get the same chunks; the first is watched.
    followWebStream(branches[0], result, call);
    call.consumerCame();
    return branches;
  });
  // One with an iterator of its own (AI SDK's) reads through `getReader`.
  if (stream[Symbol.asyncIterator] !== ReadableStream.prototype[Symbol.asyncIterator]) return;
  for (const name of ['values', Symbol.asyncIterator]) {
    override(
      stream,
      name,
      (values) =>
        (...args: unknown[]) =>
          followIterator(values(...args) as object, call),
    );
  }
}

function watchReader(stream: ReadableStream<unknown>, result: object, call: FollowedCall): boolean {
  return override(stream, 'getReader', (getReader) => (...args: unknown[]) => {
    const reader = getReader(...args) as ReadableStreamDefaultReader;
    call.consumerCame();
    override(reader, 'read', (read) => (...view: unknown[]) => {
      const reading = read(...view) as Promise<{ done: boolean; value?: unknown }>;
      return watchPromise(
        reading,
        ({ done, value }) => (done ? call.returned(result) : call.chunk(value)),
        (error) => call.threw(error),
      );
    });
    watchCancel(reader as object, call);
    return reader;
  });
}

function watchCancel(door: { readonly locked?: boolean }, call: FollowedCall): void {
  override(door, 'cancel', (cancel) => (reason?: unknown) => {
    // A locked stream refuses, and is read on.
    if (door.locked === true) return cancel(reason);
    const left = (): void => call.consumerLeft();
    return watchPromise(cancel(reason) as Promise<void>, left, left);
  });
}

function watchPipes(stream: ReadableStream<unknown>, result: object, call: FollowedCall): void {
  override(stream, 'pipeTo', (pipeTo) => (destination: WritableStream, options?: PipeOptions) => {
    if (stream.locked || destination.locked) return pipeTo(destination, options);
    call.consumerCame();
    call.streaming('chunks unseen');
    return watchPromise(
      pipeTo(destination, options) as Promise<void>,
      () => call.returned(result),
      (error) => call.threw(error),
    );
  });
  override(stream, 'pipeThrough', (pipeThrough) => (pair: PipePair, options?: PipeOptions) => {
    // Where it would throw, it is left to.
    if (stream.locked || pair.writable.locked) return pipeThrough(pair, options);
    stream.pipeTo(pair.writable, options).catch(() => undefined);
    return pair.readable;
  });
}

type PipeOptions = Parameters<ReadableStream['pipeTo']>[1];
type PipePair = Parameters<ReadableStream['pipeThrough']>[0];

function isWebStream(value: unknown): value is ReadableStream<unknown> {
  return typeof (value as Partial<ReadableStream> | null | undefined)?.getReader === 'function';
}
