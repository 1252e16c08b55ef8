import type { RecentlyEnded } from '../recorder/recently-ended.js';
import type { ModelCallEnd, RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';

/** What the runnables beneath one that was called by the application share. */
interface WholeRun {
  run: RecordedRun | undefined;
  /** The last that a model was called with. */
  signal: AbortSignal | undefined;
  /** What a person has answered, where the run goes on with it. */
  resume: { readonly value: unknown } | undefined;
  /** The interrupts that are told already. */
  readonly asked: Set<string>;
}

/** One runnable of LangChain while it runs: most of them are no node of a trace, and only lead to one. */
export interface Place {
  readonly whole: WholeRun;
  /** What begins beneath it lies in this. */
  readonly span: RecordedRun | RecordedTool | undefined;
  /** Whether `span` is its own. */
  readonly isOwn: boolean;
  /** Of the graph's node: the same where that goes on after an interrupt. */
  readonly checkpoint: string | undefined;
  readonly name: string | undefined;
  /** While it is open. */
  input: unknown;
  /** A call of a model beneath it that may be made once more. */
  failed: FailedCall | undefined;
}

export interface FailedCall {
  readonly call: RecordedModelCall;
  readonly model: string | undefined;
  readonly lastMessage: unknown;
  /** How it ended, if it is not. */
  readonly end: ModelCallEnd;
}

const MOST_OPEN = 10_000;

/** The runnables that are open, by LangChain's ids; bounded in number, since some of them never end. */
export class Places {
  private readonly open = new Map<string, Place>();

  /** LangChain ends what was aborted after what it lies in, and begins a thing or two more: so they are kept a while. */
  constructor(private readonly ended: RecentlyEnded<Place>) {}

  opened(runId: string, parentRunId: string | undefined, own: Partial<Place> = {}): Place {
    const around = this.find(parentRunId);
    const place: Place = {
      whole: around?.whole ?? { run: undefined, signal: undefined, resume: undefined, asked: new Set() },
      span: own.span ?? around?.span,
      isOwn: own.span !== undefined,
      checkpoint: own.checkpoint,
      name: own.name,
      input: own.input,
      failed: undefined,
    };
    this.open.set(runId, place);
    for (const [oldest, { whole, isOwn, span }] of this.open) {
      // A tool that outlives its run is still waited for.
      const isOver = whole.run?.isOver === true && (!isOwn || span?.isOver === true);
      if (this.open.size <= MOST_OPEN && !isOver) break;
      this.closed(oldest);
    }
    return place;
  }

  find(runId: string | undefined): Place | undefined {
    return runId === undefined ? undefined : (this.open.get(runId) ?? this.ended.find(runId));
  }

  /** It is over; `undefined` where it was already. */
  closed(runId: string): Place | undefined {
    const place = this.open.get(runId);
    if (place === undefined) return undefined;
    this.open.delete(runId);
    this.ended.add(runId, place);
    place.failed?.call.end(place.failed.end);
    place.failed = undefined;
    return place;
  }
}
