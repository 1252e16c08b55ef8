import { reasonOfAbort } from '../../capture/abort-reason.js';
import type { ModelCall } from '../../capture/model-call.js';
import type { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { answerOf } from './langchain-answers.js';
import {
  threadOf,
  type Metadata,
  type ModelCallDetails,
  type ModelHooks,
  type Serialized,
} from './langchain-callbacks.js';
import { endOfError } from './langchain-errors.js';
import { chatMessage } from './langchain-messages.js';
import type { FailedCall, Places } from './langchain-places.js';

interface OpenCall {
  readonly call: RecordedModelCall;
  readonly model: string | undefined;
  readonly lastMessage: unknown;
  hasToken: boolean;
  isStream: boolean;
  /** Takes away what listens to its signal: that may be one for all calls. */
  readonly stopListening: () => void;
}

interface ToolCallChunk {
  readonly tool_call_chunks?: readonly unknown[];
}

/** LangChain's callbacks of models. A call that is made once more after it has failed is one call. */
export function modelHooks(recorder: RunRecorder, places: Places): ModelHooks {
  const calls = new Map<string, OpenCall>();

  const begun = (
    input: { readonly messages: readonly unknown[]; readonly toContent: () => unknown },
    { kwargs }: Serialized,
    runId: string,
    parentRunId?: string,
    details: ModelCallDetails = {},
    tags: readonly string[] = [],
    metadata?: Metadata,
  ): void => {
    const around = places.find(parentRunId);
    if (around === undefined && recorder.isElsewhere) return;
    places.opened(runId, parentRunId);
    const { signal, tools } = details.options ?? {};
    if (around !== undefined) around.whole.signal = signal ?? around.whole.signal;
    const model = textOf(metadata?.ls_model_name) ?? details.invocation_params?.model;
    const lastMessage = input.messages.at(-1);
    const failed = around?.failed;
    const isRetry = failed !== undefined && isSame(failed, model, lastMessage, tags);
    if (around !== undefined) {
      if (!isRetry) failed?.call.end(failed.end);
      around.failed = undefined;
    }
    const call = isRetry
      ? failed.call
      : recorder.modelCall({
          parent: around?.span,
          provider: textOf(metadata?.ls_provider),
          model,
          baseUrl: baseUrlOf(kwargs),
          get input() {
            return input.toContent();
          },
          tools: tools ?? details.invocation_params?.tools,
          traceId: runId,
          sessionId: threadOf(metadata),
        });
    call.attempt();
    // A stream that no graph reads tells nothing of its abort.
    const stopListening = around === undefined && signal !== undefined ? endWith(signal, call) : () => undefined;
    calls.set(runId, { call, model, lastMessage, hasToken: false, isStream: false, stopListening });
    forgetEnded(calls);
  };

  const taken = (runId: string): OpenCall | undefined => {
    const open = calls.get(runId);
    calls.delete(runId);
    open?.stopListening();
    return open;
  };

  return {
    handleChatModelStart(model, [messages = []], ...rest) {
      begun({ messages, toContent: () => messages.map(chatMessage) }, model, ...rest);
    },
    handleLLMStart(model, messages, ...rest) {
      begun({ messages, toContent: () => messages.map((content) => ({ role: 'user', content })) }, model, ...rest);
    },
    handleLLMNewToken(token, _index, runId, _parentRunId, _tags, fields) {
      const open = calls.get(runId);
      if (open === undefined) return;
      const { chunk } = (fields ?? {}) as { chunk?: { message?: ToolCallChunk } };
      open.call.showsLife();
      // Some clients tell a whole answer as one token.
      open.isStream ||= chunk !== undefined || open.hasToken;
      open.hasToken = true;
      const isEmpty = token === '' && (chunk?.message?.tool_call_chunks?.length ?? 0) === 0;
      if (open.isStream && !isEmpty) open.call.firstToken();
    },
    handleLLMEnd(output, runId) {
      places.closed(runId);
      const open = taken(runId);
      if (open === undefined) return;
      let answer: ModelCall = {};
      try {
        answer = answerOf(output);
      } finally {
        open.call.end(open.isStream ? { ...answer, isStream: true } : answer);
      }
    },
    handleLLMError(error, runId, parentRunId) {
      const place = places.closed(runId);
      const open = taken(runId);
      if (open === undefined || place === undefined) return;
      const { call, model, lastMessage, isStream } = open;
      // It has failed now, though only what comes next shows whether it is made once more.
      const { durationMs } = call;
      const end = { ...endOfError(error, place), durationMs, ...(isStream && { isStream }) };
      const around = places.find(parentRunId);
      if (around === undefined || end.outcome === 'aborted' || call.isOver) call.end(end);
      else around.failed = { call, model, lastMessage, end };
    },
  };
}

/** Whether a call is a failed one made once more: by `withRetry`, or by a middleware with the same messages. */
function isSame(failed: FailedCall, model: string | undefined, message: unknown, tags: readonly string[]): boolean {
  if (failed.model !== model || failed.call.isOver) return false;
  if (tags.some((tag) => tag.startsWith('retry:attempt:'))) return true;
  return message !== undefined && failed.lastMessage === message;
}

function endWith(signal: AbortSignal, call: RecordedModelCall): () => void {
  const aborted = () => call.end({ outcome: 'aborted', abortReason: reasonOfAbort(signal.reason, call.outer) });
  signal.addEventListener('abort', aborted, { once: true });
  return () => signal.removeEventListener('abort', aborted);
}

function baseUrlOf(kwargs: Serialized['kwargs']): string | undefined {
  const { configuration, baseURL, base_url: baseUrl } = kwargs ?? {};
  return [(configuration as { baseURL?: unknown } | undefined)?.baseURL, baseURL, baseUrl].map(textOf).find(Boolean);
}

/** What is at the front and over was ended from outside, and will perhaps never be told of again. */
function forgetEnded(calls: Map<string, OpenCall>): void {
  for (const [runId, { call, stopListening }] of calls) {
    if (!call.isOver) return;
    calls.delete(runId);
    stopListening();
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
