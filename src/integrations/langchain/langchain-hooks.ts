import { guardedHooks } from '../recorder/guarded-hooks.js';
import { parsedJson } from '../recorder/parsed-json.js';
import { RecordedRun, type RunEnd } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { Approvals, interruptsOf, resumeOf } from './langchain-approvals.js';
import { resultOf } from './langchain-answers.js';
import { threadOf, type LangChainHooks, type Metadata } from './langchain-callbacks.js';
import { endOfError } from './langchain-errors.js';
import { answeredToolCalls, chatMessage, messagesIn, openToolCalls, userMessageIn } from './langchain-messages.js';
import type { ChainMessage } from './langchain-messages.js';
import { modelHooks } from './langchain-models.js';
import { answerIn, answerWithout } from './langchain-output.js';
import { Places, type Place } from './langchain-places.js';

/** LangChain's callbacks for one recorder. Runs are what the application calls, and graphs wherever they are called. */
export function langChainHooks(recorder: RunRecorder): LangChainHooks {
  const places = new Places(recorder.recentlyEnded());
  const approvals = new Approvals(recorder);

  const ended = (runId: string, error: unknown, output?: unknown): void => {
    const place = places.closed(runId);
    if (place === undefined) return;
    const interrupts = interruptsOf(error);
    try {
      if (interrupts !== undefined) approvals.asked(place, interrupts);
    } finally {
      end(place, error, interrupts !== undefined, output);
    }
  };

  const end = (place: Place, error: unknown, isInterrupted: boolean, output: unknown): void => {
    const { span, isOwn, input } = place;
    place.input = undefined;
    if (!isOwn || span === undefined) return;
    if (isInterrupted) span.end({ outcome: 'interrupted', isCalledAgain: true });
    else if (error !== undefined) span.end(endOfError(error, place));
    else if (span instanceof RecordedRun) endRun(span, span === place.whole.run, output, () => answerTo(input, output));
    else endTool(span, output);
  };

  const answerTo = (input: unknown, output: unknown): unknown => {
    if (!recorder.captures('completions')) return undefined;
    return recorder.captures('prompts') ? answerIn(output) : answerWithout(input, output);
  };

  return guardedHooks<LangChainHooks>(recorder, 'langchain()', {
    ...modelHooks(recorder, places),
    handleChainStart(chain, input, runId, parentRunId, _tags, metadata, _runType, runName) {
      const around = places.find(parentRunId);
      if (around === undefined && recorder.isElsewhere) return;
      const kind = chain?.id?.at(-1) ?? 'chain';
      const name = runName ?? kind;
      const own = { checkpoint: checkpointOf(metadata), name, input };
      const isGraph = chain?.id?.[0] === 'langgraph' && chain.id[1] === 'pregel';
      if (parentRunId !== undefined && !isGraph) {
        approvals.begun(places.opened(runId, parentRunId, own));
        return;
      }
      const span = recorder.run({
        framework: 'langchain',
        // A chain has its class's name unless it is given one.
        name: isGraph || name !== kind ? name : undefined,
        operation: kind,
        traceId: runId,
        sessionId: threadOf(metadata),
        parent: around?.span,
        message: around === undefined ? userMessageIn(input) : undefined,
        get input() {
          return messagesIn(input)?.map(chatMessage) ?? input;
        },
      });
      const { whole } = places.opened(runId, parentRunId, { ...own, span });
      if (whole.run !== undefined) return;
      whole.run = span;
      whole.resume = resumeOf(input);
      for (const id of answeredToolCalls(input)) recorder.resumes(id, span);
    },
    handleChainEnd: (output, runId) => ended(runId, undefined, output),
    handleChainError: (error, runId) => ended(runId, error ?? null),
    handleToolStart(tool, input, runId, parentRunId, _tags, metadata, runName, callId) {
      const around = places.find(parentRunId);
      if (around === undefined && recorder.isElsewhere) return;
      const name = runName ?? tool?.name ?? tool?.id?.at(-1) ?? 'tool';
      const span = recorder.tool({
        parent: around?.span,
        name,
        callId,
        get arguments() {
          return parsedJson(input);
        },
        traceId: runId,
        sessionId: threadOf(metadata),
      });
      const { whole } = places.opened(runId, parentRunId, { span, checkpoint: checkpointOf(metadata), name });
      // A breakpoint before it is passed.
      if (whole.run !== undefined && callId !== undefined) recorder.resumes(callId, whole.run);
    },
    handleToolEnd: (output, runId) => ended(runId, undefined, output),
    handleToolError: (error, runId) => ended(runId, error ?? null),
  });
}

function endRun(run: RecordedRun, isWhole: boolean, output: unknown, answer: () => unknown): void {
  const end: RunEnd = {};
  try {
    // A breakpoint before its tools, or tools that its client executes.
    for (const { id, name } of isWhole ? openToolCalls(output) : []) {
      if (id != null) run.awaits({ id, toolName: name, toolCallId: id });
    }
    end.output = answer();
  } finally {
    // Whatever its output is made of, it has come to its end.
    run.end(end);
  }
}

function endTool(tool: RecordedTool, output: unknown): void {
  const isError = (output as ChainMessage | undefined)?.status === 'error';
  tool.end({ outcome: isError ? 'error' : undefined, result: resultOf(output) });
}

/** Of the graph's node that it is, or lies in. */
function checkpointOf(metadata: Metadata): string | undefined {
  const { langgraph_checkpoint_ns: checkpoint } = metadata ?? {};
  return typeof checkpoint === 'string' ? checkpoint : undefined;
}
