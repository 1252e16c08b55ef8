import type { TransportEnd } from '../context/frame.js';

/** What is used of node's ServerResponse. */
interface RawResponse {
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly statusCode: number;
  /** What the application destroyed it with, as `stream.pipeline` does where the source fails. */
  readonly errored?: Error | null;
  setHeader(name: string, value: string): unknown;
  readonly write: (...args: unknown[]) => boolean;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

/**
 * The end of an HTTP response, as a message's end. `undefined` where the object is no node response.
 *
 * `finish` means that everything was handed to the socket; `close` without it that the client went away.
 */
export function responseEnd(response: unknown): TransportEnd | undefined {
  const raw = rawResponse(response);
  if (raw === undefined) return undefined;
  return {
    onEnd(ended) {
      let told = false;
      const tell = (how: 'completed' | 'closed'): void => {
        if (told) return;
        told = true;
        ended(how, raw.statusCode, raw.errored);
      };
      if (raw.writableFinished) return tell('completed');
      // The client had gone before the handler was reached: no event comes any more.
      if (raw.destroyed) return tell('closed');
      raw.once('finish', () => tell('completed'));
      raw.once('close', () => tell(raw.writableFinished ? 'completed' : 'closed'));
    },
    onWrite(wrote) {
      const { write } = raw;
      const value = (...args: unknown[]): boolean => {
        wrote();
        return write.apply(raw, args);
      };
      // As if it were the class's own: on this response alone, and out of sight of enumeration.
      Reflect.defineProperty(raw, 'write', { value, configurable: true, writable: true, enumerable: false });
    },
    hasClosed: () => raw.destroyed && !raw.writableFinished,
    setHeader(name, value) {
      if (!raw.headersSent) raw.setHeader(name, value);
    },
  };
}

/**
 * What the frame of a request knows of its response: whether the client has left, and when it is over. It is no end of
 * a message: that is for the frame of the handler which answers.
 *
 * On the path of every request.
 */
export class RequestEnd implements TransportEnd {
  private constructor(private readonly raw: RawResponse) {}

  /** `undefined` where the object is no node response. */
  static of(response: unknown): RequestEnd | undefined {
    const raw = rawResponse(response);
    return raw && new RequestEnd(raw);
  }

  onOver(over: () => void): void {
    const { raw } = this;
    if (raw.writableFinished || raw.destroyed) return over();
    // A client that leaves is told by `close` alone.
    raw.once('finish', over);
    raw.once('close', over);
  }

  hasClosed(): boolean {
    return this.raw.destroyed && !this.raw.writableFinished;
  }
}

/** Express answers with node's response itself, Fastify with a reply that has it in `raw`. */
function rawResponse(response: unknown): RawResponse | undefined {
  const candidate = isResponse(response) ? response : (response as { raw?: unknown } | undefined)?.raw;
  return isResponse(candidate) ? candidate : undefined;
}

function isResponse(value: unknown): value is RawResponse {
  const response = value as Partial<RawResponse> | null | undefined;
  return (
    typeof response === 'object' &&
    response !== null &&
    typeof response.once === 'function' &&
    typeof response.setHeader === 'function' &&
    typeof response.write === 'function' &&
    typeof response.writableFinished === 'boolean'
  );
}
