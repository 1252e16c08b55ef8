import { Inject, Injectable } from '@nestjs/common';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { Command, MemorySaver } from '@langchain/langgraph';
import { createAgent, humanInTheLoopMiddleware, type AgentMiddleware } from 'langchain';
import { CHAT_MODEL } from './model.provider.js';
import { bookRoom, findRoom } from './rooms.tools.js';

// The types of this middleware fit neither today's zod nor exactOptionalPropertyTypes.
const approvals = humanInTheLoopMiddleware({ interruptOn: { book_room: true } } as never) as unknown as AgentMiddleware;

export interface Reply {
  readonly answer: string;
  /** The tool call that waits for the person. */
  readonly asks?: unknown;
}

/** One agent for all users: each request's user and session are known from its context. */
@Injectable()
export class RoomsAgent {
  private readonly agent;

  constructor(@Inject(CHAT_MODEL) model: BaseChatModel) {
    this.agent = createAgent({
      name: 'rooms',
      model,
      tools: [findRoom, bookRoom],
      checkpointer: new MemorySaver(),
      middleware: [approvals],
    });
  }

  async ask(session: string, message: string): Promise<Reply> {
    return this.run(session, { messages: [{ role: 'user', content: message }] });
  }

  async decide(session: string, approve: boolean): Promise<Reply> {
    const decision = approve ? { type: 'approve' } : { type: 'reject' };
    return this.run(session, new Command({ resume: { decisions: [decision] } }));
  }

  private async run(session: string, input: object): Promise<Reply> {
    const state = (await this.agent.invoke(input as never, { configurable: { thread_id: session } })) as State;
    const [question] = state.__interrupt__ ?? [];
    const answer = state.messages.at(-1)?.text ?? '';
    return { answer, ...(question !== undefined && { asks: question.value }) };
  }
}

interface State {
  readonly messages: readonly { readonly text: string }[];
  readonly __interrupt__?: readonly { readonly value: unknown }[];
}
