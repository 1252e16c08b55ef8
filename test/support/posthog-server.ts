import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Conditions } from './conditions.js';
import { distinctEvents } from './distinct-events.js';
import { ingest, type IngestedEvent } from './ingestion-rules.js';
import { FaultList, type Fault, type FaultRule } from './server-faults.js';

export { faults } from './server-faults.js';
export type { Fault, FaultRule } from './server-faults.js';
export type { IngestedEvent } from './ingestion-rules.js';

/** A request as it came over the wire. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes on the wire, packed. */
  readonly bytes: number;
  /** The JSON that it carried; `undefined` where it was none. */
  readonly json: unknown;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface PostHogServerOptions {
  /** The project's key; other well-formed keys are answered 200 and nothing is stored. Absent: every key is right. */
  readonly apiKey?: string;
  /** The server's clock. @default Date.now */
  readonly clock?: () => number;
}

/** Starts a PostHog that keeps what it is sent, by PostHog's own rules, on a free port of this machine. */
export async function startPostHogServer(options: PostHogServerOptions = {}): Promise<PostHogServer> {
  const server = new PostHogServer(options);
  await server.listen();
  return server;
}

export class PostHogServer {
  /** What is stored, in order of arrival, resent events as often as they came. */
  readonly events: IngestedEvent[] = [];
  readonly requests: ReceivedRequest[] = [];
  /** The answer to a request for feature flags. */
  flags: Record<string, unknown> = {};

  private readonly http: Server;
  private readonly sockets = new Set<Socket>();
  private readonly faultsNow = new FaultList();
  private readonly conditions = new Conditions();
  private readonly hanging = new Set<() => void>();
  private port = 0;

  constructor(private readonly options: PostHogServerOptions) {
    this.http = createServer((request, response) => this.receive(request, response));
    this.http.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.conditions.check();
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.sockets.size;
  }

  /** What a query at PostHog would count: duplicates by (UTC day, event, distinct_id, uuid) are one. */
  distinct(): IngestedEvent[] {
    return distinctEvents(this.events);
  }

  /** Adds a fault for the next `times` requests that it fits; the function returned takes it away. */
  fault(fault: Fault | FaultRule, times = Infinity): () => void {
    return this.faultsNow.add(fault, times);
  }

  /** Whether a request waits for an answer, or the rest of one, that will never come. */
  get isHanging(): boolean {
    return this.hanging.size > 0;
  }

  /** Ends all faults; requests that hang are cut. */
  clearFaults(): void {
    this.faultsNow.clear();
    for (const cut of this.hanging) cut();
  }

  /** Refuses connections until `listen()`. */
  async refuse(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    if (this.http.listening) await new Promise((closed) => this.http.close(closed));
  }

  /** Takes connections, at the same address as before. */
  async listen(): Promise<void> {
    await new Promise<void>((listening) => this.http.listen(this.port, '127.0.0.1', listening));
    this.port = (this.http.address() as AddressInfo).port;
  }

  /** Resolves when at least `count` events are stored; rejects after `timeoutMs` with how many there are. */
  waitFor(count: number, timeoutMs = 10_000): Promise<void> {
    const progress = () => `${this.events.length} of ${count} events`;
    return this.conditions.until(() => this.events.length >= count, progress, timeoutMs);
  }

  /** Resolves when at least `count` requests have come in. */
  waitForRequests(count: number, timeoutMs = 10_000): Promise<void> {
    const progress = () => `${this.requests.length} of ${count} requests`;
    return this.conditions.until(() => this.requests.length >= count, progress, timeoutMs);
  }

  /** Resolves when no more connections than this are open. */
  waitForConnections(most: number, timeoutMs = 10_000): Promise<void> {
    const progress = () => `${this.sockets.size} connections, not ${most}`;
    return this.conditions.until(() => this.sockets.size <= most, progress, timeoutMs);
  }

  async close(): Promise<void> {
    this.clearFaults();
    await this.refuse();
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('end', () => this.handle(request, response, Buffer.concat(chunks)));
  }

  private handle(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const now = this.options.clock?.() ?? Date.now();
    const path = new URL(request.url ?? '/', this.url).pathname;
    const json = jsonOf(body);
    const target = { path, index: this.requests.length, events: namesOf(json) };
    this.requests.push({ path, headers: request.headers, bytes: body.length, json, receivedAt: now });
    const serve = (send = answer) => {
      if (path.startsWith('/flags')) return answer(response, 200, JSON.stringify(this.flags));
      const result = ingest({ path, body, now, apiKey: this.options.apiKey });
      this.events.push(...result.stored);
      send(response, result.status, result.body);
      this.conditions.check();
    };
    this.apply(this.faultsNow.next(target), response, serve);
    this.conditions.check();
  }

  private apply(fault: Fault | undefined, response: ServerResponse, serve: (send?: typeof answer) => void): void {
    if (!fault) return serve();
    switch (fault.kind) {
      case 'answer':
        response.writeHead(fault.status, fault.headers).end(fault.body);
        return;
      case 'slow':
        setTimeout(serve, fault.ms);
        return;
      case 'held':
        void fault.until.then(() => serve());
        return;
      case 'reset':
        response.socket?.resetAndDestroy();
        return;
      case 'cut-before-answer':
        return serve((cut) => cut.socket?.destroy());
      case 'half-answer':
        serve((half, status, text) => {
          half.writeHead(status, { 'content-length': text.length * 2 });
          half.write(text.slice(0, text.length / 2));
        });
        this.holdOpen(response);
        return;
      case 'hang':
        this.holdOpen(response);
    }
  }

  private holdOpen(response: ServerResponse): void {
    const cut = () => response.socket?.destroy();
    this.hanging.add(cut);
    response.on('close', () => this.hanging.delete(cut));
  }
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': status === 200 ? 'application/json' : 'text/plain' }).end(body);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse((body[0] === 0x1f ? gunzipSync(body) : body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function namesOf(json: unknown): string[] {
  const batch = (json as { batch?: unknown } | undefined)?.batch;
  return Array.isArray(batch) ? batch.map((event) => String((event as { event?: unknown } | null)?.event)) : [];
}
