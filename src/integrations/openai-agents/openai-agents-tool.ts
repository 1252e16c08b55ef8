import { parsedJson } from '../recorder/parsed-json.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import type { AskedCall } from './openai-agents-answers.js';
import { refusedCall, toldToolError } from './openai-agents-errors.js';
import type { AgentsRun } from './openai-agents-run.js';
import { begunAt, durationOf, type AgentsSpan } from './openai-agents-spans.js';

/** The execution of a tool, or a person's refusal of it, which opens the same span. */
export class AgentsTool {
  /** A run inside it waits for a person, and so does it. */
  isPaused = false;
  recorded: RecordedTool | undefined = undefined;
  private call: AskedCall | undefined = undefined;

  constructor(
    private readonly recorder: RunRecorder,
    private readonly run: AgentsRun,
    private readonly agent: RecordedRun | undefined,
    private readonly span: AgentsSpan,
  ) {}

  /** To be called once the span has its arguments, which it is given right after its begin. */
  begun(): void {
    // A refusal has none: whether it is one is told at the end only.
    if (this.recorded === undefined && (this.arguments !== '' || !this.isAskedFor)) this.begin();
  }

  ended(): void {
    const { span } = this;
    const refused = refusedCall(span.error);
    if (refused !== undefined) this.refused(refused);
    if (refused !== undefined && this.recorded === undefined) return;
    const tool = this.recorded ?? this.begin();
    const durationMs = durationOf(span);
    if (this.isPaused) this.pause(tool, durationMs);
    else if (span.error === null) tool.end({ result: parsedJson(span.spanData.output), durationMs });
    else tool.end({ outcome: 'error', error: toldToolError(span.error), durationMs });
  }

  private begin(): RecordedTool {
    const { run, name, arguments: args } = this;
    const { waiting, paused } = run.trace;
    this.call = run.calls.take(name, args) ?? paused.take(name, args);
    const decided = this.call === undefined ? waiting.take(name, args) : undefined;
    if (decided !== undefined) run.decided(decided, 'accept');
    this.call ??= decided;
    const time = begunAt(this.span);
    const start = { parent: this.agent, name, callId: this.call?.id, arguments: parsedJson(args), time };
    this.recorded = this.recorder.tool(start);
    return this.recorded;
  }

  private refused(id: string): void {
    const { run, name } = this;
    const call = run.trace.waiting.takeById(id) ?? run.calls.takeById(id);
    run.decided(call ?? { id, name, arguments: '' }, 'reject');
  }

  /** When the run goes on, this call is executed once more. */
  private pause(tool: RecordedTool, durationMs: number | undefined): void {
    if (this.call !== undefined) this.run.trace.paused.add([this.call]);
    tool.end({ outcome: 'interrupted', durationMs });
  }

  private get isAskedFor(): boolean {
    const { calls, trace } = this.run;
    return calls.has(this.name) || trace.waiting.has(this.name);
  }

  private get name(): string {
    return this.span.spanData.name ?? 'function';
  }

  private get arguments(): string {
    const { input } = this.span.spanData;
    return typeof input === 'string' ? input : '';
  }
}
