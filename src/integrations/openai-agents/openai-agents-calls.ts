import type { AskedCall } from './openai-agents-answers.js';

/** Tool calls that nothing has come of yet. A function's span has no id of its call: name and arguments tell it. */
export class AskedCalls {
  private calls: AskedCall[] = [];

  add(calls: readonly AskedCall[]): void {
    this.calls.push(...calls);
  }

  /** The call that this function executes: it is waited for no more. Without its arguments the first of that name. */
  take(name: string, args: string): AskedCall | undefined {
    const ofName = this.calls.filter((call) => call.name === name);
    const call = ofName.find((one) => one.arguments === args) ?? (args === '' ? ofName[0] : undefined);
    if (call !== undefined) this.calls = this.calls.filter((one) => one !== call);
    return call;
  }

  takeById(id: string): AskedCall | undefined {
    const call = this.calls.find((one) => one.id === id);
    if (call !== undefined) this.calls = this.calls.filter((one) => one !== call);
    return call;
  }

  has(name: string): boolean {
    return this.calls.some((call) => call.name === name);
  }

  get left(): readonly AskedCall[] {
    return this.calls;
  }

  /** The model is asked anew, or another agent goes on: what is left is no question to anybody. */
  clear(): void {
    this.calls = [];
  }
}

const MOST_TRACES = 10_000;

/** What is known of a trace of `@openai/agents`, which a run may go on with after a pause. */
export interface KnownTrace {
  readonly groupId: string | undefined;
  /** Whether a run has its id already: the next one needs another. */
  isUsed: boolean;
  /** The calls that wait for a person. */
  readonly waiting: AskedCalls;
  /** The calls of agents as tools that wait with a run inside them. */
  readonly paused: AskedCalls;
}

/** The latest traces by their ids. */
export class KnownTraces {
  private readonly traces = new Map<string, KnownTrace>();

  begun(traceId: string, groupId: string | undefined): KnownTrace {
    const known = this.traces.get(traceId);
    this.traces.delete(traceId);
    const { isUsed = false, waiting = new AskedCalls(), paused = new AskedCalls() } = known ?? {};
    const trace = { groupId: groupId ?? known?.groupId, isUsed, waiting, paused };
    this.traces.set(traceId, trace);
    if (this.traces.size > MOST_TRACES) this.traces.delete(this.traces.keys().next().value as string);
    return trace;
  }

  of(traceId: string): KnownTrace {
    return this.traces.get(traceId) ?? this.begun(traceId, undefined);
  }
}
