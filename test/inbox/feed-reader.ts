import { request, type IncomingMessage } from 'node:http';
import type { FeedChange } from '../../src/inbox/inbox-api.js';

/** Reads the inbox's stream, message by message. */
export class FeedReader {
  /** The id of the last message that was read. */
  lastId = '';
  private text = '';
  private isOver = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      this.text += chunk;
      this.wake();
    });
    const end = (): void => {
      this.isOver = true;
      this.wake();
    };
    response.on('close', end);
    response.on('error', end);
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<FeedReader> {
    return new Promise((resolve, reject) => {
      request(url, { headers, agent: false }, (response) => resolve(new FeedReader(response)))
        .on('error', reject)
        .end();
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  async next(): Promise<FeedChange> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end === -1) {
        if (this.isOver) throw new Error('The stream has ended');
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      const message = this.text.slice(0, end);
      this.text = this.text.slice(end + 2);
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (data === undefined) continue;
      this.lastId = /^id: (.*)$/m.exec(message)?.[1] ?? this.lastId;
      return JSON.parse(data) as FeedChange;
    }
  }

  /** Resolves when the server has ended the stream. */
  async ended(): Promise<void> {
    while (!this.isOver) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  close(): void {
    this.response.destroy();
  }
}
