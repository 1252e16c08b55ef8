import { contextStorage } from '../../context/context-storage.js';
import { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import {
  answersIn,
  callOf,
  endOf,
  inputOf,
  messageIn,
  questionsIn,
  type Messages,
  type ModelAnswer,
  type ToolCallPart,
} from './ai-sdk-events.js';
import { AiSdk6Operations } from './ai-sdk-6-operations.js';
import { RunsOnSignals } from './runs-on-signals.js';

interface Event {
  /** Version 7 calls some of these hooks too; its events have one. */
  readonly callId?: string;
  readonly functionId?: string;
}

interface StartEvent extends Event {
  readonly system?: unknown;
  readonly prompt?: unknown;
  readonly messages?: Messages;
  readonly abortSignal?: AbortSignal;
}

interface StepStart extends Event {
  readonly model?: { readonly provider: string; readonly modelId: string };
  readonly system?: unknown;
  readonly messages?: Messages;
  readonly tools?: unknown;
}

interface StepEnd extends Event, ModelAnswer {
  readonly response?: { readonly modelId?: string };
}

interface ToolEvent extends Event {
  readonly toolCall: ToolCallPart;
  readonly durationMs?: number;
  readonly success?: boolean;
  readonly output?: unknown;
  readonly error?: unknown;
}

/**
 * The hooks of AI SDK 6, whose events have no id: which operation one belongs to is told by the async context that its
 * start has entered, or else by the context and the name that they share.
 */
export function aiSdk6Hooks(recorder: RunRecorder, finalTools: readonly string[]) {
  const operations = new AiSdk6Operations();
  const signals = new RunsOnSignals(recorder);

  const onStart = (event: StartEvent): void => {
    if (recorder.isElsewhere) return;
    const messages = event.messages ?? event.prompt;
    const { functionId: name, abortSignal } = event;
    const run = recorder.run({
      framework: 'ai-sdk',
      name,
      operation: 'generate',
      message: messageIn(messages, false),
      input: inputOf(event.system, messages),
    });
    answersIn(event.messages, run, recorder);
    operations.add(run, name);
    if (abortSignal !== undefined) signals.watch(run, abortSignal);
    contextStorage.enterWith(run.frame);
  };

  const onStepStart = (event: StepStart): void => {
    const operation = operations.of(event.functionId);
    if (operation === undefined) return;
    operation.step = recorder.modelCall({
      parent: operation.run,
      provider: event.model?.provider,
      model: event.model?.modelId,
      input: inputOf(event.system, event.messages),
      tools: event.tools,
    });
  };

  const onToolCallStart = ({ functionId, toolCall }: ToolEvent): void => {
    const operation = operations.of(functionId);
    if (operation === undefined) return;
    const { toolCallId: callId, toolName: name, input } = toolCall;
    // A step ends when its tools have; the model was done before.
    operation.step?.answered();
    const key = keyOf(operation.run.spanId, callId);
    const tool = recorder.tool({ key, parent: operation.run, name, callId, arguments: input });
    contextStorage.enterWith(tool.frame);
  };

  const onToolCallFinish = ({ functionId, toolCall, success, output, error, durationMs }: ToolEvent): void => {
    const run = operations.of(functionId)?.run;
    const tool = run && recorder.find(keyOf(run.spanId, toolCall.toolCallId));
    if (!(tool instanceof RecordedTool)) return;
    if (success === false) tool.end({ error: error ?? null, durationMs });
    else tool.end({ result: output, durationMs });
  };

  const onStepFinish = (event: StepEnd): void => {
    const operation = operations.of(event.functionId);
    operation?.step?.end({ ...callOf(event), model: event.response?.modelId });
    if (operation === undefined) return;
    operation.step = undefined;
    questionsIn(event.content, operation.run);
  };

  const onFinish = (event: StepEnd): void => {
    const operation = operations.of(event.functionId);
    if (operation === undefined) return;
    operations.remove(operation);
    operation.run.end(endOf(event, operation.run, finalTools));
  };

  const guard = <E extends Event>(name: string, hook: (event: E) => void) =>
    recorder.guard(`aiSdk() ${name}`, (event: E) => {
      if (event.callId === undefined) hook(event);
    });
  return {
    onStart: guard('onStart', onStart),
    onStepStart: guard('onStepStart', onStepStart),
    onToolCallStart: guard('onToolCallStart', onToolCallStart),
    onToolCallFinish: guard('onToolCallFinish', onToolCallFinish),
    onStepFinish: guard('onStepFinish', onStepFinish),
    onFinish: guard('onFinish', onFinish),
  };
}

function keyOf(run: string, toolCallId: string): string {
  return `ai-sdk-6 ${run} ${toolCallId}`;
}
