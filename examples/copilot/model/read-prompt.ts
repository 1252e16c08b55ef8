import type { LanguageModel } from 'ai';

type Model = Extract<LanguageModel, { specificationVersion: 'v4' }>;
type Prompt = Parameters<Model['doStream']>[0]['prompt'];

/** What a tool has answered in this turn of the conversation. */
export interface ToolAnswer {
  readonly tool: string;
  readonly output: Readonly<Record<string, unknown>>;
}

/** The part of a prompt that the script goes by: the last question, and what tools have answered since. */
export interface Situation {
  readonly question: string;
  readonly answers: readonly ToolAnswer[];
}

export function readPrompt(prompt: Prompt): Situation {
  const asked = prompt.findLastIndex(({ role }) => role === 'user');
  const answers = prompt.slice(asked + 1).flatMap((message) => {
    if (message.role !== 'tool') return [];
    return message.content.flatMap((part) =>
      part.type === 'tool-result' ? [{ tool: part.toolName, output: outputOf(part.output) }] : [],
    );
  });
  return { question: textOf(prompt[asked]), answers };
}

function textOf(message: Prompt[number] | undefined): string {
  if (message?.role !== 'user') return '';
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
}

function outputOf(output: { type: string; value?: unknown }): Readonly<Record<string, unknown>> {
  if (output.type === 'json' || output.type === 'error-json') {
    return typeof output.value === 'object' && output.value !== null ? (output.value as Record<string, unknown>) : {};
  }
  return { error: String(output.value) };
}
