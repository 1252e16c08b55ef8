import type { TransportEnd } from '../context/frame.js';

/** What is used of node's ServerResponse. */
interface RawResponse {
  readonly headersSent: boolean;
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  readonly statusCode: number;
  /** What the application destroyed it with, as `stream.pipeline` does where the source fails. */
  readonly errored?: Error | null;
  /** Over HTTP/2 only. */
  readonly stream?: { readonly aborted?: boolean; readonly rstCode?: number } | null;
  setHeader(name: string, value: string): unknown;
  readonly write: (...args: unknown[]) => boolean;
  once(event: 'finish' | 'close', listener: () => void): unknown;
}

type How = 'completed' | 'closed';
type Ended = (how: How, httpStatus: number | undefined, error?: Error | null) => void;

/**
 * The end of an HTTP response, as a message's end. `undefined` where the object is no node response.
 *
 * `finish` means that everything was handed to the socket; `close` without it that the client went away.
 */
export function responseEnd(response: unknown): TransportEnd | undefined {
  const raw = rawResponse(response);
  return raw && new ResponseEnd(raw);
}

/** However many messages it ends, it listens to its response once, and stands before `write` once. */
class ResponseEnd implements TransportEnd {
  private awaiting: Ended[] | undefined;
  private watchingWrites: (() => void)[] | undefined;

  constructor(private readonly raw: RawResponse) {}

  onEnd(ended: Ended): void {
    const { raw } = this;
    // It was sent, or the client had gone, before the handler was reached: no event comes any more.
    const how = howOver(raw);
    if (how !== undefined) return ended(how, raw.statusCode, raw.errored);
    if (this.awaiting === undefined) {
      this.awaiting = [];
      raw.once('finish', () => this.tell(howOver(raw) ?? 'completed'));
      raw.once('close', () => this.tell(howOver(raw) ?? 'closed'));
    }
    this.awaiting.push(ended);
  }

  onWrite(wrote: () => void): void {
    if (this.watchingWrites === undefined) this.watchWrites((this.watchingWrites = []));
    this.watchingWrites.push(wrote);
  }

  hasClosed(): boolean {
    return howOver(this.raw) === 'closed';
  }

  setHeader(name: string, value: string): void {
    try {
      if (!this.raw.headersSent) this.raw.setHeader(name, value);
    } catch {
      // The value is none that a header can have: a trace id of the application's own.
    }
  }

  private tell(how: How): void {
    const { raw } = this;
    for (const ended of this.awaiting?.splice(0) ?? []) ended(how, raw.statusCode, raw.errored);
  }

  private watchWrites(watching: readonly (() => void)[]): void {
    const { raw } = this;
    const { write } = raw;
    const value = (...args: unknown[]): boolean => {
      for (const wrote of watching) wrote();
      return write.apply(raw, args);
    };
    // As if it were the class's own: on this response alone, and out of sight of enumeration.
    Reflect.defineProperty(raw, 'write', { value, configurable: true, writable: true, enumerable: false });
  }
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
    if (howOver(raw) !== undefined) return over();
    // A client that leaves is told by `close` alone.
    raw.once('finish', over);
    raw.once('close', over);
  }

  hasClosed(): boolean {
    return howOver(this.raw) === 'closed';
  }
}

/** How a response is over; `undefined` while it is not. Over HTTP/2 one whose client has left counts as finished too. */
function howOver({ writableFinished, destroyed, stream }: RawResponse): How | undefined {
  if (stream?.aborted === true || (stream?.rstCode ?? 0) !== 0) return 'closed';
  if (writableFinished) return 'completed';
  return destroyed ? 'closed' : undefined;
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
