import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import type { ChatResult } from '@langchain/core/outputs';

/** A model without network: it looks for a room, books the one that it finds, and says so. */
export class ScriptedModel extends BaseChatModel {
  override _llmType(): string {
    return 'scripted';
  }

  override bindTools(): this {
    return this;
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const last = messages.at(-1);
    const message = new AIMessage(last?.getType() === 'human' ? this.looksFor(last.text) : this.goesOn(last));
    return { generations: [{ text: message.text, message }] };
  }

  private looksFor(wish: string) {
    const seats = Number(/\d+/.exec(wish)?.[0] ?? 2);
    return this.calls('find_room', { seats });
  }

  private goesOn(last: BaseMessage | undefined) {
    const { room } = JSON.parse(/\{.*\}/.exec(last?.text ?? '')?.[0] ?? '{}') as { room?: string };
    return room === undefined ? `Done: ${last?.text}.` : this.calls('book_room', { room });
  }

  private calls(name: string, args: object) {
    const usage = { input_tokens: 40, output_tokens: 8, total_tokens: 48 };
    return {
      content: '',
      tool_calls: [{ id: `call-${name}`, name, args, type: 'tool_call' }],
      usage_metadata: usage,
    } as never;
  }
}
