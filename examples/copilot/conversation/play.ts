import { randomUUID } from 'node:crypto';
import { type Answer, ChatClient } from './chat-client.js';

/** What was said and done, for comparing the events with it. */
export interface PlayedConversation {
  readonly anonymous: PlayedSession;
  readonly ada: PlayedSession;
}

export interface PlayedSession {
  readonly sessionId: string;
  readonly distinctId: string;
  readonly messages: readonly string[];
  /** Tool calls that the visitor saw in the answers. */
  readonly toolCalls: readonly { id: string; name: string }[];
  /** The trace of the rated answer. */
  readonly ratedTraceId: string | null;
}

/** Two visitors at once: one stays anonymous, the other signs in first. Resolves when both have left. */
export async function playConversation(baseUrl: string): Promise<PlayedConversation> {
  const [anonymous, ada] = await Promise.all([playAnonymous(baseUrl), playAda(baseUrl)]);
  return { anonymous, ada };
}

async function playAnonymous(baseUrl: string): Promise<PlayedSession> {
  const visitor = new Visitor(new ChatClient(baseUrl, `demo-${randomUUID()}`));
  await visitor.say('Find agents for support tickets 🎫');
  await visitor.say('Run the newsletter writer');
  // The account of this agent is not connected, so its run fails later, in the background.
  await visitor.say('Run the invoice reader');
  const unanswered = await visitor.say('What do the docs say about unicorns?');
  await visitor.client.rate(unanswered, 'down');
  return visitor.played(`anonymous_${visitor.client.sessionId}`, unanswered);
}

async function playAda(baseUrl: string): Promise<PlayedSession> {
  const visitor = new Visitor(new ChatClient(baseUrl, `demo-${randomUUID()}`));
  await visitor.client.signIn('demo-ada');
  await visitor.say('Schedule the competitor watch every second');
  await visitor.client.callWebhook(await visitor.say('Set up a webhook for support triage'));
  // A long answer, left half-way.
  await visitor.say('Hello, who are you?', { stopAfter: 12 });
  const helpful = await visitor.say('How do credits work?');
  await visitor.client.rate(helpful, 'up');
  return visitor.played('ada', helpful);
}

class Visitor {
  private readonly messages: string[] = [];
  private readonly toolCalls: { id: string; name: string }[] = [];

  constructor(readonly client: ChatClient) {}

  async say(message: string, options?: { stopAfter: number }): Promise<Answer> {
    const answer = await this.client.send(message, options);
    this.messages.push(message);
    for (const part of answer.parts) {
      if (part.type === 'tool_call') this.toolCalls.push({ id: part.id, name: part.name });
    }
    return answer;
  }

  played(distinctId: string, rated: Answer): PlayedSession {
    const { messages, toolCalls, client } = this;
    return { sessionId: client.sessionId, distinctId, messages, toolCalls, ratedTraceId: rated.traceId };
  }
}
