import { hasClientLeft } from '../../capture/abort-reason.js';
import type { FollowedCall } from './followed-call.js';
import { override } from './override.js';

/** What is used of a node stream: a Readable, or the response that a handler writes to. */
export interface NodeStream {
  emit(event: string | symbol, ...args: unknown[]): boolean;
  listenerCount(event: string): number;
  readonly destroyed?: boolean;
  readonly errored?: Error | null;
  /** Only what can be read has it. */
  readonly readableEnded?: boolean;
  /** `null` until somebody lets it flow or stops it. */
  readonly readableFlowing?: boolean | null;
  readonly writableFinished?: boolean;
}

/** The node stream that a result is or carries: a Readable, a StreamableFile, Express's response, Fastify's reply. */
export function nodeStreamOf(result: object): NodeStream | undefined {
  if (isStream(result)) return result;
  const { getStream, getHeaders, raw } = result as { getStream?: unknown; getHeaders?: unknown; raw?: unknown };
  if (typeof getStream === 'function' && typeof getHeaders === 'function') {
    const stream: unknown = Reflect.apply(getStream, result, []);
    return isStream(stream) ? stream : undefined;
  }
  return isStream(raw) && 'sent' in result ? raw : undefined;
}

/**
 * Watches a stream until it has ended, by what it emits and without a listener: one for `data` would make it flow, one
 * for `error` would hide a crash.
 */
export function followStream(stream: NodeStream, result: object, call: FollowedCall): void {
  if (stream.readableEnded ?? stream.writableFinished === true) return call.returned(result);
  if (stream.destroyed === true) return sawClose(stream, call);
  const isReadable = stream.readableEnded !== undefined;
  // A Readable waits for its consumer; a response is written to by the handler itself.
  if (isReadable) {
    // Who has begun to listen, and has not been given anything yet.
    call.awaitConsumer(() => stream.readableFlowing != null || stream.listenerCount('readable') > 0);
    call.streaming();
  }
  const see = isReadable ? seeReadable : seeResponse;
  const isFollowed = override(stream, 'emit', (emit) => (event: unknown, ...args: unknown[]): unknown => {
    see(event, args[0], stream, result, call);
    return emit(event, ...args);
  });
  if (!isFollowed) call.cannotFollow();
}

function seeReadable(event: unknown, arg: unknown, stream: NodeStream, result: object, call: FollowedCall): void {
  switch (event) {
    case 'data':
      call.consumerCame();
      return call.chunk();
    case 'readable':
    case 'resume':
      return call.consumerCame();
    case 'end':
      return call.returned(result);
    case 'error':
      return sawError(arg, stream, call);
    case 'close':
      return sawClose(stream, call);
  }
}

function seeResponse(event: unknown, _arg: unknown, _stream: NodeStream, result: object, call: FollowedCall): void {
  if (event === 'finish') call.returned(result);
  else if (event === 'close') call.consumerLeft();
}

function sawClose(stream: NodeStream, call: FollowedCall): void {
  if (stream.errored) sawError(stream.errored, stream, call);
  else call.consumerLeft();
}

function sawError(error: unknown, stream: NodeStream, call: FollowedCall): void {
  if (isLeave(error, stream, call)) call.consumerLeft();
  else call.threw(error);
}

/**
 * How node destroys a stream whose consumer has gone: `pipeline` for a destination that closed, `for await` for a loop
 * that was left. The abort of a signal has a cause. What is itself written to is destroyed by `pipeline` also where its
 * source broke off: then it was left only by a client that is known to have gone.
 */
function isLeave(error: unknown, { writableFinished }: NodeStream, { frame }: FollowedCall): boolean {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (code === 'ERR_STREAM_PREMATURE_CLOSE') return writableFinished === undefined || hasClientLeft(frame);
  return code === 'ABORT_ERR' && cause === undefined;
}

function isStream(value: unknown): value is NodeStream {
  if (typeof value !== 'object' || value === null) return false;
  const { emit, pipe, read, writeHead } = value as Record<string, unknown>;
  const isKnown = typeof read === 'function' || typeof writeHead === 'function';
  return isKnown && typeof emit === 'function' && typeof pipe === 'function';
}
