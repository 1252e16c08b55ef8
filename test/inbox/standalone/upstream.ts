import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface UpstreamRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Stands where PostHog does, and keeps what it is sent, byte for byte. */
export class Upstream {
  readonly requests: UpstreamRequest[] = [];
  status = 200;
  answer = '{"status":"Ok"}';
  answerType = 'application/json';
  private wake: () => void = () => undefined;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.requests.push({ method, url, headers, body: Buffer.concat(chunks) });
        response.writeHead(this.status, { 'content-type': this.answerType }).end(this.answer);
        this.wake();
      });
    });
  }

  static async start(): Promise<Upstream> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Upstream(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Requests that carry events. */
  get captures(): UpstreamRequest[] {
    return this.requests.filter(({ url }) => /^\/(?:e|batch|capture|i\/v[01])\//.test(url));
  }

  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  close(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}
