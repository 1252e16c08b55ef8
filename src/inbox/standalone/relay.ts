import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** A request as its SDK sent it. */
export interface RelayedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The very bytes that came. */
  readonly body: Buffer;
}

/** PostHog's answer; or why there is none. */
export type RelayResult =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly why: string };

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
/** Of requests that are under way; more fail at once. */
const MOST_UNDER_WAY = 256;
const MOST_BYTES_UNDER_WAY = 128 * 1024 * 1024;

/**
 * Sends requests on to PostHog as they came: once, over a connection of its own (a reused one may turn out to be
 * closed, and then nobody knows whether the bytes arrived).
 */
export class Relay {
  private readonly underWay = new Set<Promise<unknown>>();
  private bytesUnderWay = 0;

  constructor(
    /** `https://us.i.posthog.com`, without a slash at its end. */
    readonly host: string,
  ) {}

  /** Never rejects, never tries again. */
  async send(request: RelayedRequest): Promise<RelayResult> {
    if (this.underWay.size >= MOST_UNDER_WAY || this.bytesUnderWay + request.body.length > MOST_BYTES_UNDER_WAY) {
      return { kind: 'failed', why: 'too many requests are under way' };
    }
    const result = exchange(targetOf(this.host, request.url), request).catch((error: unknown): RelayResult => ({
      kind: 'failed',
      why: codeOf(error),
    }));
    this.underWay.add(result);
    this.bytesUnderWay += request.body.length;
    const answered = await result;
    this.underWay.delete(result);
    this.bytesUnderWay -= request.body.length;
    return answered;
  }

  /** Resolves when nothing is under way; after `TIMEOUT_MS` nothing is. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }
}

function exchange(url: URL, { method, headers, body }: RelayedRequest): Promise<RelayResult> {
  const isBare = method === 'GET' || method === 'HEAD';
  const options = {
    method,
    agent: false as const,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { ...passedOn(headers), ...(isBare ? {} : { 'content-length': body.length }) },
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > MOST_ANSWER_BYTES) response.destroy(new Error('answer too large'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ kind: 'answered', status, headers: answered, body: Buffer.concat(chunks) });
      });
    });
    request.end(isBare ? undefined : body);
  });
}

/** PostHog's cloud serves scripts and configuration from another host; a server of one's own from the same. */
function targetOf(host: string, url: string): URL {
  const isAsset = /^\/(?:array|static)\//.test(url);
  return new URL(
    (isAsset ? host.replace(/^https:\/\/(us|eu)\.i\.posthog\.com/, 'https://$1-assets.i.posthog.com') : host) + url,
  );
}

/** What PostHog reads of a request. No cookie of the page's, and nothing about this connection. */
function passedOn(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const known = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && (passed.has(name) || /^(?:x-)?posthog-/.test(name)),
  );
  return Object.fromEntries(known);
}

const passed: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'accept-language', 'authorization', 'content-encoding', 'content-type'],
  ...['if-none-match', 'user-agent'],
]);

/** The code or class only: a message may hold more than belongs on a screen. */
function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' || name === 'AbortError' ? `no answer in ${TIMEOUT_MS / 1_000} s` : (code ?? name);
}
