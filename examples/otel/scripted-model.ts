import type { LanguageModel } from 'ai';

type Model = Extract<LanguageModel, { specificationVersion: 'v4' }>;
type Options = Parameters<Model['doGenerate']>[0];
type Answer = Awaited<ReturnType<Model['doGenerate']>>;

/** A model without network: it looks for a room, and says which it has found. */
export class ScriptedModel implements Model {
  readonly specificationVersion = 'v4';
  readonly provider = 'scripted';
  readonly modelId = 'scripted-1';
  readonly supportedUrls = {};

  async doGenerate({ prompt }: Options): Promise<Answer> {
    const last = JSON.stringify(prompt.at(-1)?.content);
    if (prompt.at(-1)?.role !== 'tool') {
      const input = JSON.stringify({ seats: Number(/\d+/.exec(last)?.[0] ?? 2) });
      return this.says('tool-calls', [{ type: 'tool-call', toolCallId: 'call-1', toolName: 'find_room', input }]);
    }
    const room = /"value":"([^"]*)"/.exec(last)?.[1] ?? 'none';
    return this.says('stop', [{ type: 'text', text: `I found this: ${room}.` }]);
  }

  doStream(): never {
    throw new Error('not in this example');
  }

  private says(reason: 'stop' | 'tool-calls', content: Answer['content']): Answer {
    const inputTokens = { total: 40, noCache: 40, cacheRead: 0, cacheWrite: 0 };
    const usage = { inputTokens, outputTokens: { total: 8, text: 8, reasoning: 0 } };
    return { content, finishReason: { unified: reason, raw: reason }, usage, warnings: [] };
  }
}
