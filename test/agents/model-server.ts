import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server of a provider answers: one JSON document, or the events of a stream. */
export interface Answer {
  readonly status?: number;
  readonly json?: unknown;
  readonly stream?: readonly unknown[];
}

/** A provider on this machine that says what it is told to, for the real clients. */
export class ModelServer {
  /** The bodies of the requests. */
  readonly requests: Record<string, unknown>[] = [];
  answer: Answer = {};
  private readonly http: Server;

  private constructor() {
    this.http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.requests.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        const { status = 200, json, stream } = this.answer;
        const type = stream === undefined ? 'application/json' : 'text/event-stream';
        response.writeHead(status, { 'content-type': type });
        for (const data of stream ?? []) response.write(eventOf(data));
        response.end(stream === undefined ? JSON.stringify(json) : 'data: [DONE]\n\n');
      });
    });
  }

  static async start(): Promise<ModelServer> {
    const server = new ModelServer();
    await new Promise<void>((listening) => server.http.listen(0, '127.0.0.1', listening));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((closed) => this.http.close(closed));
  }
}

function eventOf(data: unknown): string {
  const { type } = data as { type?: string };
  return `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(data)}\n\n`;
}
