import type { AbortReason } from '../../capture/event-details.js';
import { AnalyticsContext } from '../../context/analytics-context.js';
import { currentFrame } from '../../context/context-storage.js';
import type { AnalyticsContextValues } from '../../context/context-values.js';
import { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import { errorInResult, knownError, waitsForClient } from './mcp-outcome.js';
import { readToolRequest, type McpCaller, type McpToolRequest } from './mcp-request.js';
import type { LowLevelServer } from './mcp-server.js';

/** Names the caller of a tool; `undefined`: unknown. */
export type McpIdentify = (caller: McpCaller) => AnalyticsContextValues | undefined;

/** How a server's handler is stored, in either version. */
export type McpHandler = (request: unknown, extra: unknown) => unknown;

/** The calls of tools that reach instrumented servers. Without a recorder they only pass through. */
export class McpToolCalls {
  private readonly seen = new WeakSet<object>();
  /** What tools have thrown that answer with a text in its place. */
  private readonly thrown = new WeakMap<RecordedTool, unknown>();

  constructor(
    private readonly recorder: () => RunRecorder | undefined,
    private readonly identify: McpIdentify | undefined,
  ) {}

  /** Whether this server or handler has not been seen before. */
  isNew(serverOrHandler: object): boolean {
    if (this.seen.has(serverOrHandler)) return false;
    this.seen.add(serverOrHandler);
    return true;
  }

  wrap(handler: McpHandler, server: LowLevelServer): McpHandler {
    const wrapped: McpHandler = (request, extra) => {
      const recorder = this.recorder();
      const call = recorder && this.begin(recorder, request, extra, server);
      return call === undefined ? handler(request, extra) : call(() => handler(request, extra));
    };
    this.seen.add(wrapped);
    return wrapped;
  }

  /** The tool that is executed now has thrown this. */
  threw(error: unknown): void {
    const call = currentFrame()?.call;
    if (call instanceof RecordedTool) this.thrown.set(call, error ?? null);
  }

  /** Begins a call; what is returned runs its handler and sees its end. `undefined` where there is nothing to tell. */
  private begin(recorder: RunRecorder, request: unknown, extra: unknown, server: LowLevelServer): Run | undefined {
    let run: Run | undefined;
    recorder.guard('mcp() tools/call', () => {
      const asked = readToolRequest(request, extra);
      if (asked !== undefined && !isTold(asked.name)) run = this.open(recorder, asked, server);
    })();
    return run;
  }

  private open(recorder: RunRecorder, asked: McpToolRequest, server: LowLevelServer): Run {
    const { name, id: callId, arguments: args, sessionId, traceId, signal } = asked;
    const start = { name, callId, arguments: args, sessionId, traceId };
    const values = this.person(recorder, asked.caller);
    const tool = values === undefined ? recorder.tool(start) : AnalyticsContext.run(values, () => recorder.tool(start));

    const abort = (): void => tool.end({ outcome: 'aborted', abortReason: abortReason(recorder, signal, server) });
    const returned = recorder.guard('mcp() result', (result: unknown) => {
      if (signal?.aborted === true) return abort();
      const error = errorInResult(result, this.thrown.get(tool), name);
      if (error !== undefined) tool.end({ error, result });
      else tool.end({ outcome: waitsForClient(result) ? 'interrupted' : 'success', result });
    });
    const failed = recorder.guard('mcp() error', (error: unknown) => {
      if (signal?.aborted === true) abort();
      else tool.end({ error: knownError(error, name) ?? null });
    });
    // A tool that doesn't listen works on, but nobody gets its answer. Later, because a transport is gone only then.
    signal?.addEventListener('abort', () => queueMicrotask(recorder.guard('mcp() abort', abort)), { once: true });
    return (handle) => follow(() => tool.runIn(handle), returned, failed);
  }

  /** What the context lacks of the person. */
  private person(recorder: RunRecorder, caller: McpCaller): AnalyticsContextValues | undefined {
    const { identify } = this;
    if (identify === undefined || AnalyticsContext.get().userId != null) return undefined;
    const found = recorder.ask('mcp()', 'identify', () => identify(caller));
    return found && withoutKnown(found, AnalyticsContext.get());
  }
}

type Run = (handle: () => unknown) => unknown;

/** An agent of this process calls its own server, or another library has put its handler around ours: it is told. */
function isTold(name: string): boolean {
  const call = currentFrame()?.call;
  return call instanceof RecordedTool && call.name === name && !call.isOver;
}

/** `AnalyticsContext.run` lets what it is given win. */
function withoutKnown(found: AnalyticsContextValues, known: AnalyticsContextValues): AnalyticsContextValues {
  const isNew = ([key]: [string, unknown]) => known[key as keyof AnalyticsContextValues] == null;
  return Object.fromEntries(Object.entries(found).filter(isNew));
}

/** Calls `handle` and returns its very result. */
function follow(handle: () => unknown, returned: (result: unknown) => void, failed: (error: unknown) => void): unknown {
  let result: unknown;
  try {
    result = handle();
  } catch (error) {
    failed(error);
    throw error;
  }
  if (result instanceof Promise) result.then(returned, failed);
  else returned(result);
  return result;
}

/** Clients give the reason of a cancellation as a text; a connection that closes gives an error, or nothing. */
function abortReason(recorder: RunRecorder, signal: AbortSignal | undefined, server: LowLevelServer): AbortReason {
  const reason: unknown = signal?.reason;
  if (typeof reason === 'string') return /timed? ?out/i.test(reason) ? 'timeout' : 'user_stopped';
  if (server.transport !== undefined) return 'user_stopped';
  return recorder.isLeaving ? 'shutdown' : 'client_closed';
}
