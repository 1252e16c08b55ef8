import type { TextStreamPart, ToolSet } from 'ai';
import { isToolError } from '../tools/tool-inputs.js';

/** What the page is sent of an answer, one part at a time. */
export type AnswerPart =
  | { type: 'text'; text: string }
  | { type: 'tool_call'; id: string; name: string; input: unknown }
  | { type: 'tool_result'; id: string; ok: boolean; output: unknown };

/** The part of the SDK's stream as the page is sent it; `undefined` for what it does not show. */
export function answerPart(part: TextStreamPart<ToolSet>): AnswerPart | undefined {
  switch (part.type) {
    case 'text-delta':
      return { type: 'text', text: part.text };
    case 'tool-call':
      return { type: 'tool_call', id: part.toolCallId, name: part.toolName, input: part.input };
    case 'tool-result':
      return {
        type: 'tool_result',
        id: part.toolCallId,
        ok: !isToolError(part.output),
        output: part.output,
      };
    case 'tool-error':
      return { type: 'tool_result', id: part.toolCallId, ok: false, output: { error: messageOf(part.error) } };
    default:
      return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The tool failed.';
}
