import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCaptureBody } from './capture-body.js';
import { readCapturedEvent, type CapturedEvent } from './captured-event.js';
import { clientAnswer, isClientPath } from './client-answers.js';
import { allowOrigin, answerPreflight, refuseSender } from './ingestion-access.js';
import { BodyReader, IngestionRefusal } from './read-body.js';
import type { Relay, RelayedRequest } from './relay.js';

/** What the server does with what it is sent. */
export interface IngestionParts {
  /** Shows events. */
  readonly show: (events: readonly CapturedEvent[]) => void;
  /** Sends on what is shown; without one events end here. */
  readonly relay: Relay | undefined;
  /** Told of the events of each request that was sent on: `undefined` where PostHog has taken them, else why not. */
  readonly onRelayed: (events: readonly CapturedEvent[], why: string | undefined) => void;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

const capturePaths: ReadonlySet<string> = new Set([
  ...['/batch', '/capture', '/e', '/track', '/i/v0/e', '/i/v0/ai/batch'],
]);
const v1Path = '/i/v1/analytics/events';

/** Answers PostHog's SDKs: takes events, shows them, and sends them on. */
export class IngestionServer {
  private readonly bodies = new BodyReader();

  constructor(private readonly parts: IngestionParts) {}

  /** Never throws. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    harden(response);
    const refusal = refuseSender(request);
    if (refusal !== undefined) return end(response, refusal.status, 'text/plain', `${refusal.text}\n`);
    allowOrigin(request, response);
    if (request.method === 'OPTIONS') return answerPreflight(request, response);
    try {
      await this.dispatch(request, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      if (!(error instanceof IngestionRefusal)) return end(response, 400, 'text/plain', 'failed to read request');
      // The rest of a body that is too large is not waited for.
      if (error.status !== 400) response.setHeader('connection', 'close');
      end(response, error.status, 'text/plain', error.message);
    }
  }

  private async dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [rawPath = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const path = rawPath.replace(/\/+$/, '');
    if (capturePaths.has(path) || path === v1Path) {
      if (request.method !== 'POST') return end(response, 405, 'text/plain', 'Events come by POST.\n');
      return this.capture(request, response, path, query);
    }
    if (!isClientPath(path)) return end(response, 404, 'text/plain', 'PostHog’s SDKs have no such address.\n');
    if (this.parts.relay === undefined) return answerAlone(request, response, path);
    const answered = await this.parts.relay.send(await this.relayed(request));
    if (answered.kind === 'failed') return end(response, 502, 'text/plain', `not forwarded: ${answered.why}\n`);
    for (const name of ['content-encoding', 'etag', 'retry-after'] as const) {
      const value = answered.headers[name];
      if (value !== undefined) response.setHeader(name, value);
    }
    end(response, answered.status, answered.headers['content-type'] ?? 'text/plain', answered.body);
  }

  private async capture(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    const { show, relay, onRelayed, now } = this.parts;
    const relayed = await this.relayed(request);
    const { headers, body } = relayed;
    const isV1 = path === v1Path;
    const { key, events: raw } = await readCaptureBody(body, {
      contentType: headers['content-type'] ?? '',
      contentEncoding: headers['content-encoding'] ?? '',
      authorization: headers.authorization,
      isV1,
    });
    checkKey(key);
    const time = now();
    const events = raw.map((event) => readCapturedEvent(event, time));
    show(events);
    const refused = events.find(({ refusal }) => refusal !== undefined);
    if (refused?.refusal !== undefined) throw new IngestionRefusal(400, refused.refusal);
    if (isV1) end(response, 200, 'application/json', JSON.stringify(resultsOf(events)));
    else if (new URLSearchParams(query).get('beacon') === '1') response.writeHead(204).end();
    else end(response, 200, 'application/json', '{"status":"Ok"}');
    if (relay === undefined) return;
    // Only now, and only once: who sent them has its answer and does not wait.
    const answered = await relay.send(relayed);
    if (answered.kind === 'failed') return onRelayed(events, answered.why);
    const isTaken = answered.status >= 200 && answered.status < 300;
    onRelayed(events, isTaken ? undefined : `PostHog answered ${answered.status}`);
  }

  private async relayed(request: IncomingMessage): Promise<RelayedRequest> {
    const { method = 'GET', url = '/', headers } = request;
    return { method, url, headers, body: await this.bodies.read(request) };
  }
}

function answerAlone(request: IncomingMessage, response: ServerResponse, path: string): void {
  const answer = clientAnswer(path);
  request.resume();
  if (answer === undefined) return end(response, 404, 'text/plain', 'Not here: nothing is forwarded to PostHog.\n');
  end(response, 200, answer.contentType, answer.body);
}

/** Such keys PostHog refuses; any other it takes, also one of no project. */
function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key.trim() === '')
    throw new IngestionRefusal(401, 'event submitted without an api_key');
  if (key.startsWith('phx_')) throw new IngestionRefusal(401, 'API key is not valid: personal_api_key');
}

function resultsOf(events: readonly CapturedEvent[]): object {
  return { results: Object.fromEntries(events.map(({ event }) => [event.uuid, { result: 'ok' }])) };
}

/** Nothing that is answered here may run as a page beside the inbox, which has the same origin. */
function harden(response: ServerResponse): void {
  response.setHeader('content-security-policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('cache-control', 'no-store');
}

function end(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.setHeader('content-type', contentType);
  response.writeHead(status).end(body);
}
