import type { AnswerPart } from '../chat/answer-part.js';

/** One answer as a visitor got it. */
export interface Answer {
  readonly traceId: string | null;
  readonly parts: readonly AnswerPart[];
}

/** A visitor of the demo: chats over HTTP as the page does. */
export class ChatClient {
  constructor(
    private readonly baseUrl: string,
    readonly sessionId: string,
    private token?: string,
  ) {}

  /** Sends a message and reads the answer; with `stopAfter` it hangs up after so many parts. */
  async send(message: string, { stopAfter = Infinity } = {}): Promise<Answer> {
    const hangUp = new AbortController();
    const response = await this.post(`/chat/${this.sessionId}/messages`, { message }, 200, hangUp.signal);
    const parts: AnswerPart[] = [];
    for await (const part of answerParts(response)) {
      parts.push(part);
      if (parts.length >= stopAfter) break;
    }
    if (parts.length >= stopAfter) hangUp.abort();
    return { traceId: response.headers.get('x-analytics-trace-id'), parts };
  }

  /** Rates an answer; one that came without a trace id cannot be rated, as on the page. */
  async rate(answer: Answer, rating: 'up' | 'down'): Promise<void> {
    if (answer.traceId === null) return;
    await this.post(`/chat/${this.sessionId}/feedback`, { traceId: answer.traceId, rating }, 204);
  }

  async signIn(token: string): Promise<void> {
    await this.post('/sign-in', { token, sessionId: this.sessionId }, 200);
    this.token = token;
  }

  /** Does what some other system would do: calls the webhook that an answer has set up. */
  async callWebhook(answer: Answer): Promise<void> {
    const path = answer.parts
      .map((part) => part.type === 'tool_result' && (part.output as { webhookPath?: string }).webhookPath)
      .find(Boolean);
    if (!path) throw new Error('The answer has set up no webhook.');
    await new ChatClient(this.baseUrl, this.sessionId).post(path, { ticket: 4711 }, 202);
  }

  private async post(path: string, body: object, status: number, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(new URL(path, this.baseUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    if (response.status !== status) {
      throw new Error(`POST ${path} answered ${response.status}, not ${status}: ${await response.text()}`);
    }
    return response;
  }
}

async function* answerParts(response: Response): AsyncGenerator<AnswerPart> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (/^event: error$/m.test(block)) throw new Error(`The answer ended with an error: ${data}`);
      if (data !== undefined) yield JSON.parse(data) as AnswerPart;
    }
  }
}
