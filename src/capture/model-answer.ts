import type { ModelCall } from './model-call.js';
import {
  answerOfAnthropic,
  answerOfChat,
  answerOfEmbeddings,
  answerOfResponses,
  failureIn,
  toolIn,
} from './model-answer-shapes.js';
import { isRecord, recordOf, textOf, type Bag } from './model-answer-fields.js';

/**
 * Reads what a model's own client was answered: chat completions and responses of OpenAI, those of OpenRouter with
 * their cost, messages of Anthropic, embeddings; whole, or chunk by chunk as they stream. Other shapes say nothing.
 * Never throws.
 */
export class ModelAnswerReader {
  private known: ModelCall = {};
  private readonly toolNames: string[] = [];
  private text = '';

  constructor(
    /** Whether the answer's text is to be kept too. */
    private readonly keepsOutput: boolean,
  ) {}

  /** What is known so far. */
  get call(): ModelCall {
    const streamed = this.text === '' ? undefined : [{ role: 'assistant', content: this.text }];
    return {
      ...this.known,
      ...(this.toolNames.length > 0 && { toolsCalled: this.toolNames }),
      ...(this.keepsOutput && this.known.output === undefined && { output: streamed }),
    };
  }

  /** A whole answer. Tells whether it is one. */
  answer(answer: unknown): boolean {
    try {
      const read = isRecord(answer) ? readAnswer(answer) : undefined;
      if (read !== undefined) this.learn(read);
      return read !== undefined;
    } catch {
      return false;
    }
  }

  /** One chunk of a stream; each may know more than those before it. */
  chunk(chunk: unknown): void {
    try {
      if (isRecord(chunk)) this.readChunk(chunk);
    } catch {
      // A chunk that refuses to be looked at.
    }
  }

  private readChunk(chunk: Bag): void {
    this.known.isStream = true;
    if (chunk.object === 'chat.completion.chunk') this.readChatChunk(chunk);
    else if (isRecord(chunk.response) && isFinal(chunk.type)) this.answer(chunk.response);
    else if (chunk.type === 'response.output_text.delta') this.addText(chunk.delta);
    else if (typeof chunk.type === 'string') this.readAnthropicChunk(chunk);
    else this.learn(failureIn(chunk.error));
  }

  private readChatChunk(chunk: Bag): void {
    const choice = Array.isArray(chunk.choices) ? (chunk.choices[0] as unknown) : undefined;
    const delta = isRecord(choice) && isRecord(choice.delta) ? choice.delta : {};
    this.addText(delta.content);
    for (const call of Array.isArray(delta.tool_calls) ? (delta.tool_calls as unknown[]) : []) {
      // Only the first piece of a call has its name.
      if (isRecord(call)) this.addTool(toolIn(call));
    }
    this.learn(answerOfChat(chunk));
  }

  private readAnthropicChunk({ type, message, content_block: block, delta, usage }: Bag): void {
    if (type === 'error') this.learn({ outcome: 'error' });
    if (type === 'message_start' && isRecord(message)) this.learn({ ...answerOfAnthropic(message), output: undefined });
    if (type === 'content_block_start' && isRecord(block) && block.type === 'tool_use') this.addTool(block.name);
    if (type === 'content_block_delta' && isRecord(delta)) this.addText(delta.text);
    if (type === 'message_delta') this.learn(answerOfAnthropic({ ...(isRecord(delta) && delta), usage }));
  }

  private learn(more: ModelCall): void {
    const { output, ...facts } = more;
    for (const [name, value] of Object.entries(facts)) {
      // Not every chunk shows whose it is.
      if (name === 'provider' && this.known.provider === 'openrouter') continue;
      if (value !== undefined && value !== null) Object.assign(this.known, { [name]: value });
    }
    if (this.keepsOutput && output !== undefined) this.known.output = output;
  }

  private addText(text: unknown): void {
    if (this.keepsOutput) this.text += textOf(text) ?? '';
  }

  private addTool(name: unknown): void {
    if (typeof name === 'string' && name !== '') this.toolNames.push(name);
  }
}

function readAnswer(answer: Bag): ModelCall | undefined {
  if (answer.object === 'response') return answerOfResponses(answer);
  if (answer.object === 'chat.completion' || Array.isArray(answer.choices)) return answerOfChat(answer);
  if (answer.type === 'message' && answer.role === 'assistant') return answerOfAnthropic(answer);
  if (answer.object === 'list' && Array.isArray(answer.data)) return answerOfEmbeddings(answer);
  // OpenRouter's error with the status 200; an application's own errors may be anything.
  return typeof recordOf(answer.error).code === 'number' ? failureIn(answer.error) : undefined;
}

function isFinal(type: unknown): boolean {
  return type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed';
}
