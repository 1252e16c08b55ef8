import { reasonOfAbort } from '../../capture/abort-reason.js';
import { guardedHooks } from '../recorder/guarded-hooks.js';
import { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import {
  answersIn,
  callOf,
  causeOf,
  endOf,
  inputOf,
  messageIn,
  questionsIn,
  type Messages,
  type ModelAnswer,
  type ToolCallPart,
} from './ai-sdk-events.js';
import { OpenEmbeddings } from './open-embeddings.js';

interface Call {
  /** Of the whole operation. */
  readonly callId: string;
}

interface StartEvent extends Call {
  readonly operationId: string;
  readonly functionId?: string;
  readonly instructions?: unknown;
  readonly messages?: Messages;
  readonly prompt?: unknown;
  readonly recordInputs?: boolean;
}

interface ModelEvent extends Call, ModelAnswer {
  readonly provider: string;
  readonly modelId: string;
  readonly instructions?: unknown;
  readonly messages?: Messages;
  readonly promptMessages?: Messages;
  readonly tools?: unknown;
  readonly performance?: { readonly responseTimeMs?: number; readonly timeToFirstOutputMs?: number };
  readonly msToFirstChunk?: number;
  readonly objectText?: string;
}

interface ToolEvent extends Call {
  readonly toolCall: ToolCallPart;
  readonly toolExecutionMs?: number;
  readonly toolOutput?: { readonly type: string; readonly output?: unknown; readonly error?: unknown };
}

interface EmbedEvent extends Call {
  readonly embedCallId: string;
  readonly provider: string;
  readonly modelId: string;
  readonly values?: unknown;
  readonly usage?: { readonly tokens?: number };
}

interface EndEvent extends Call, ModelAnswer {
  readonly finalStep?: ModelAnswer;
}

/** What `registerTelemetry` takes. */
type AiSdk7Hooks = Record<string, unknown> & { onStart(event: StartEvent): void };

/** The operations that call language models; of embeddings only the calls themselves are told. */
const runs = ['ai.generateText', 'ai.streamText', 'ai.generateObject', 'ai.streamObject'];

/** The hooks of AI SDK 7. Each operation has an id that every hook is told. */
export function aiSdk7Hooks(recorder: RunRecorder, finalTools: readonly string[]): AiSdk7Hooks {
  const runOf = ({ callId }: Call) => recorder.find(keyOf(callId)) as RecordedRun | undefined;
  const modelCallOf = ({ callId }: Call) => recorder.find(keyOf(callId, 'model')) as RecordedModelCall | undefined;

  const onStart = (event: StartEvent): void => {
    if (!runs.includes(event.operationId) || recorder.isElsewhere) return;
    const { callId, operationId, functionId, recordInputs } = event;
    const messages = event.messages ?? event.prompt;
    const run = recorder.run({
      key: keyOf(callId),
      framework: 'ai-sdk',
      name: functionId,
      operation: operationId.slice('ai.'.length),
      traceId: callId,
      message: messageIn(messages, recordInputs === false),
      input: inputOf(event.instructions, messages),
    });
    answersIn(event.messages, run, recorder);
  };

  const onModelStart = (event: ModelEvent): void => {
    const run = runOf(event);
    if (run === undefined) return;
    // A stream that failed and is tried again has no end of its own.
    modelCallOf(event)?.end({ outcome: 'error' });
    recorder.modelCall({
      key: keyOf(event.callId, 'model'),
      parent: run,
      provider: event.provider,
      model: event.modelId,
      isStream: run.operation.startsWith('stream'),
      input: inputOf(event.instructions, event.messages ?? event.promptMessages),
      tools: event.tools,
    });
  };

  const onModelEnd = (event: ModelEvent): void => {
    const { responseTimeMs, timeToFirstOutputMs } = event.performance ?? {};
    modelCallOf(event)?.end({
      ...callOf(event),
      ...(event.objectText !== undefined && { output: [{ role: 'assistant', content: event.objectText }] }),
      model: event.modelId,
      durationMs: responseTimeMs,
      timeToFirstTokenMs: timeToFirstOutputMs ?? event.msToFirstChunk,
    });
  };

  const onToolStart = (event: ToolEvent): void => {
    const { toolCallId, toolName, input } = event.toolCall;
    const key = keyOf(event.callId, toolCallId);
    const parent = runOf(event);
    if (parent === undefined && recorder.isElsewhere) return;
    recorder.tool({ key, parent, name: toolName, callId: toolCallId, arguments: input });
  };

  const onToolEnd = ({ callId, toolCall, toolOutput, toolExecutionMs: durationMs }: ToolEvent): void => {
    const tool = recorder.find(keyOf(callId, toolCall.toolCallId)) as RecordedTool | undefined;
    const result = toolOutput?.output;
    if (toolOutput?.type === 'tool-error') tool?.end({ error: toolOutput.error ?? null, durationMs });
    else tool?.end({ result, durationMs });
  };

  const embeddings = new OpenEmbeddings();

  const hooks: AiSdk7Hooks = {
    onStart,
    onLanguageModelCallStart: onModelStart,
    onLanguageModelCallEnd: onModelEnd,
    onObjectStepStart: onModelStart,
    onObjectStepEnd: onModelEnd,
    onToolExecutionStart: onToolStart,
    onToolExecutionEnd: onToolEnd,
    onStepEnd(event: Call & ModelAnswer) {
      const run = runOf(event);
      if (run !== undefined) questionsIn(event.content, run);
    },
    onEmbedStart({ callId, embedCallId, provider, modelId, values }: EmbedEvent) {
      if (recorder.isElsewhere) return;
      const call = recorder.modelCall({ kind: 'embedding', provider, model: modelId, input: values });
      embeddings.opened(callId, embedCallId, call);
    },
    onEmbedEnd({ callId, embedCallId, usage }: EmbedEvent) {
      embeddings.take(callId, embedCallId)?.end({ inputTokens: usage?.tokens });
    },
    onEnd(event: EndEvent) {
      const run = runOf(event);
      run?.end(endOf(event.finalStep ?? event, run, finalTools));
    },
    onAbort(event: Call & { reason?: unknown }) {
      const run = runOf(event);
      run?.end({ outcome: 'aborted', abortReason: reasonOfAbort(event.reason, run.outer) });
    },
    onError(event: Call & { error?: unknown }) {
      const error = causeOf(event.error) ?? null;
      modelCallOf(event)?.end({ error });
      runOf(event)?.end({ error });
      embeddings.failed(event.callId, error);
    },
    // These two run the work itself: whatever is wrong here, it has to be run, once.
    executeLanguageModelCall<T>({ callId, execute }: Call & { execute: () => PromiseLike<T> }): PromiseLike<T> {
      const call = recorder.find(keyOf(callId, 'model'));
      if (call instanceof RecordedModelCall) call.attempt();
      return execute();
    },
    executeTool<T>({ callId, toolCallId, execute }: Call & { toolCallId: string; execute: () => PromiseLike<T> }) {
      const tool = recorder.find(keyOf(callId, toolCallId));
      return tool instanceof RecordedTool ? tool.runIn(execute) : execute();
    },
  };
  return guardedHooks(recorder, 'aiSdk()', hooks, (name) => !name.startsWith('on'));
}

/** By what the recorder finds an operation, or a part of it. */
export function keyOf(callId: string, part = ''): string {
  return `ai-sdk ${callId} ${part}`;
}
