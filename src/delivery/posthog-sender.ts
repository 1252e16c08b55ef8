import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock, TimerHandle } from '../event/clock.js';
import { version } from '../event/version.js';
import type { BatchSender, SendOutcome } from './batch-sender.js';
import { classifyAnswer } from './classify-answer.js';
import type { Lane, StoredEvent } from './event-store.js';
import { encodeBody, type RequestBody } from './request-body.js';

export interface PostHogSenderOptions {
  /** The project's key. It goes into the body and nowhere else. */
  readonly apiKey: string;
  /** `https://us.i.posthog.com`, a proxy with or without a path of its own. */
  readonly host: string;
  readonly clock: Clock;
  /** How long a request may take until its answer is complete, milliseconds. @default 10,000 */
  readonly timeoutMs?: number;
}

const paths: Readonly<Record<Lane, string>> = { batch: '/batch/', ai: '/i/v0/ai/batch/' };
/** PostHog's answer has 15 bytes. */
const mostAnswerBytes = 64 * 1_024;
/** An idle connection is closed after this long, also where the server would keep it. */
const idleMs = 30_000;

/** Sends batches to PostHog over connections of its own, which keep no process alive while they are idle. */
export class PostHogSender implements BatchSender {
  private readonly urls: Readonly<Record<Lane, URL>>;
  private readonly agent: HttpAgent;
  private readonly underWay = new Map<ClientRequest, TimerHandle>();
  private closed = false;

  constructor(private readonly options: PostHogSenderOptions) {
    const host = options.host.replace(/\/+$/, '');
    this.urls = { batch: new URL(host + paths.batch), ai: new URL(host + paths.ai) };
    const agentOptions = { keepAlive: true, timeout: idleMs };
    this.agent = this.urls.batch.protocol === 'https:' ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  }

  async send(lane: Lane, events: readonly StoredEvent[]): Promise<SendOutcome> {
    try {
      const body = await encodeBody(this.options.apiKey, events);
      // A server may close an idle connection in the moment in which it is used again: that says nothing about it.
      const outcome = await this.post(lane, body, this.agent);
      return outcome ?? (await this.post(lane, body, false)) ?? { kind: 'retry', error: 'ECONNRESET' };
    } catch (error) {
      return { kind: 'retry', error: codeOf(error) };
    }
  }

  destination(lane: Lane): string {
    const { origin, pathname } = this.urls[lane];
    return origin + pathname;
  }

  close(): void {
    this.closed = true;
    for (const [request, timer] of this.underWay) {
      timer.cancel();
      request.destroy();
    }
    this.agent.destroy();
  }

  /** `undefined`: an idle connection turned out to be closed. */
  private post(lane: Lane, body: RequestBody, agent: HttpAgent | false): Promise<SendOutcome | undefined> {
    if (this.closed) return Promise.resolve({ kind: 'retry', error: 'closed' });
    return new Promise((resolve) => {
      const request = this.open(lane, body, agent);
      const { clock, timeoutMs = 10_000 } = this.options;
      let answered = false;
      const finish = (outcome: SendOutcome | undefined) => {
        if (answered) return;
        answered = true;
        resolve(outcome);
      };
      const timer = clock.setTimer(() => {
        finish({ kind: 'retry', error: `no answer in ${timeoutMs} ms` });
        request.destroy();
      }, timeoutMs);
      this.underWay.set(request, timer);
      request.on('close', () => {
        timer.cancel();
        this.underWay.delete(request);
        finish({ kind: 'retry', error: 'connection closed' });
      });
      request.on('error', (error) => {
        timer.cancel();
        finish(isStale(request, error) ? undefined : { kind: 'retry', error: codeOf(error) });
      });
      request.on('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        const judge = (text: string) =>
          finish(classifyAnswer({ status, retryAfter: headers['retry-after'], body: text }, clock.now()));
        // Only a success is judged by its text, and waits for it.
        if (status < 200 || status > 299) judge('');
        readText(response, judge);
      });
      request.end(body.bytes);
    });
  }

  private open(lane: Lane, body: RequestBody, agent: HttpAgent | false): ClientRequest {
    const url = this.urls[lane];
    const options = {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        'content-length': body.bytes.length,
        'user-agent': `nestjs-agent-analytics/${version}`,
        ...(body.isGzip && { 'content-encoding': 'gzip' }),
      },
    };
    return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
  }
}

/** Hands on the answer's text, once it is complete or as long as any answer of PostHog could be. */
function readText(response: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes <= mostAnswerBytes) return;
    done('');
    response.destroy();
  });
  response.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
  // A cut answer ends in the request's 'close'.
  response.on('error', () => undefined);
}

function isStale(request: ClientRequest, error: unknown): boolean {
  return request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

/** The code or class only: messages may hold what does not belong into a log. */
function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}
