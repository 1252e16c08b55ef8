import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadableStream } from 'node:stream/web';
import type { LanguageModel } from 'ai';
import { nextTurn, type Turn } from './script.js';
import { readPrompt } from './read-prompt.js';

type Model = Extract<LanguageModel, { specificationVersion: 'v4' }>;
type Options = Parameters<Model['doStream']>[0];
type Generated = Awaited<ReturnType<Model['doGenerate']>>;
type Streamed = Awaited<ReturnType<Model['doStream']>>;
type Part = Streamed['stream'] extends globalThis.ReadableStream<infer P> ? P : never;
type Usage = Generated['usage'];

/**
 * A model that needs no network: it follows a script instead of thinking, and streams as a real one does.
 * It stands behind the SDK's own interface, so that everything around it runs as it would with a real model.
 */
export class ScriptedModel implements Model {
  readonly specificationVersion = 'v4';
  readonly provider = 'scripted';
  readonly modelId = 'copilot-script';
  readonly supportedUrls = {};

  constructor(private readonly msPerWord = 22) {}

  async doGenerate(options: Options): Promise<Generated> {
    const turn = nextTurn(readPrompt(options.prompt));
    const text = turn.say === undefined ? [] : [{ type: 'text' as const, text: turn.say }];
    return {
      content: [...text, ...toolCalls(turn)],
      finishReason: finishReason(turn),
      usage: usageOf(options, turn),
      warnings: [],
    };
  }

  async doStream(options: Options): Promise<Streamed> {
    const turn = nextTurn(readPrompt(options.prompt));
    return { stream: ReadableStream.from<Part>(this.parts(turn, options)) };
  }

  private async *parts(turn: Turn, options: Options): AsyncGenerator<Part> {
    yield { type: 'stream-start', warnings: [] };
    // The pause that a reader takes for thinking.
    await this.pause(8, options);
    if (turn.say !== undefined) yield* this.text(turn.say, options);
    for (const call of toolCalls(turn)) {
      await this.pause(4, options);
      yield call;
    }
    yield { type: 'finish', finishReason: finishReason(turn), usage: usageOf(options, turn) };
  }

  private async *text(say: string, options: Options): AsyncGenerator<Part> {
    const id = randomUUID();
    yield { type: 'text-start', id };
    for (const delta of say.match(/\S+\s*/g) ?? []) {
      yield { type: 'text-delta', id, delta };
      await this.pause(1, options);
    }
    yield { type: 'text-end', id };
  }

  private async pause(words: number, { abortSignal }: Options): Promise<void> {
    await delay(words * this.msPerWord, undefined, abortSignal && { signal: abortSignal });
  }
}

function toolCalls(turn: Turn) {
  return (turn.calls ?? []).map(({ tool, input }) => ({
    type: 'tool-call' as const,
    toolCallId: `call_${randomUUID().slice(0, 8)}`,
    toolName: tool,
    input: JSON.stringify(input),
  }));
}

function finishReason(turn: Turn): Generated['finishReason'] {
  return { unified: turn.calls === undefined ? 'stop' : 'tool-calls', raw: undefined };
}

/** About four characters a token, as people reckon by hand. */
function usageOf(options: Options, turn: Turn): Usage {
  const input = Math.ceil(JSON.stringify(options.prompt).length / 4);
  const output = Math.ceil(JSON.stringify(turn).length / 4);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}
