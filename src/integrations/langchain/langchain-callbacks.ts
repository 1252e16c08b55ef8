import type { ModelOutput } from './langchain-answers.js';
import type { ChainMessage } from './langchain-messages.js';

// LangChain's callbacks, as far as they are heard here.

/** A runnable as it describes itself: its class is the last of `id`. */
export interface Serialized {
  readonly id?: readonly string[] | undefined;
  readonly name?: string | undefined;
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
}

export type Metadata = Readonly<Record<string, unknown>> | undefined;

export interface ModelCallDetails {
  readonly options?: { readonly signal?: AbortSignal; readonly tools?: unknown };
  readonly invocation_params?: { readonly model?: string; readonly tools?: unknown };
}

type ModelStart<Input> = (
  model: Serialized,
  input: Input,
  runId: string,
  parentRunId?: string,
  details?: ModelCallDetails,
  tags?: string[],
  metadata?: Metadata,
) => void;

export interface ModelHooks {
  handleChatModelStart: ModelStart<ChainMessage[][]>;
  handleLLMStart: ModelStart<string[]>;
  handleLLMNewToken: (
    token: string,
    index: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    fields?: unknown,
  ) => void;
  handleLLMEnd: (output: ModelOutput, runId: string) => void;
  handleLLMError: (error: unknown, runId: string, parentRunId?: string) => void;
}

export interface LangChainHooks extends ModelHooks {
  handleChainStart: (
    chain: Serialized,
    input: unknown,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Metadata,
    runType?: string,
    runName?: string,
  ) => void;
  handleChainEnd: (output: unknown, runId: string) => void;
  handleChainError: (error: unknown, runId: string) => void;
  handleToolStart: (
    tool: Serialized,
    input: string,
    runId: string,
    parentRunId?: string,
    tags?: string[],
    metadata?: Metadata,
    runName?: string,
    toolCallId?: string,
  ) => void;
  handleToolEnd: (output: unknown, runId: string) => void;
  handleToolError: (error: unknown, runId: string) => void;
}

/** The conversation's id in LangGraph. */
export function threadOf(metadata: Metadata): string | undefined {
  const { thread_id: id } = metadata ?? {};
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}
