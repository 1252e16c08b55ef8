import { ForbiddenException, Injectable } from '@nestjs/common';
import type { ModelMessage } from 'ai';

export interface Conversation {
  /** Whose it is; absent while everyone in it was anonymous. */
  ownerId: string | undefined;
  messages: ModelMessage[];
}

const MAX_CONVERSATIONS = 200;
const MAX_MESSAGES = 40;

/** The last conversations, in memory. */
@Injectable()
export class Conversations {
  private readonly bySession = new Map<string, Conversation>();

  /**
   * The conversation of this session, new if need be. It belongs to the first who is signed in while using it;
   * for anybody else it is forbidden.
   */
  open(sessionId: string, userId: string | undefined): Conversation {
    const conversation = this.bySession.get(sessionId) ?? { ownerId: undefined, messages: [] };
    if (conversation.ownerId !== undefined && conversation.ownerId !== userId) {
      throw new ForbiddenException('This conversation belongs to someone else.');
    }
    conversation.ownerId = userId;
    this.keepAsNewest(sessionId, conversation);
    return conversation;
  }

  /** Adds messages, and lets go of the oldest so that the model is never sent half an exchange. */
  add(conversation: Conversation, ...messages: ModelMessage[]): void {
    conversation.messages.push(...messages);
    while (conversation.messages.length > MAX_MESSAGES) {
      const nextQuestion = conversation.messages.findIndex(({ role }, index) => index > 0 && role === 'user');
      if (nextQuestion === -1) return;
      conversation.messages.splice(0, nextQuestion);
    }
  }

  private keepAsNewest(sessionId: string, conversation: Conversation): void {
    this.bySession.delete(sessionId);
    this.bySession.set(sessionId, conversation);
    if (this.bySession.size <= MAX_CONVERSATIONS) return;
    const [oldest] = this.bySession.keys();
    if (oldest !== undefined) this.bySession.delete(oldest);
  }
}
