import type { TrackedMethod } from './tracked-methods.js';
import type { Tracking } from './tracking.js';

/** Which method is called, and what for, as those within find it in the frames around them. */
export abstract class MethodCall {
  generationTold = false;
  embeddingTold = false;
  /** The decorators whose `when` said no. */
  unwanted: Tracking[] | undefined = undefined;

  protected constructor(
    readonly method: TrackedMethod,
    /** Those of the method's decorators that count this call. */
    readonly trackings: readonly Tracking[],
    public instance: unknown,
    public args: readonly unknown[],
  ) {}

  /** What a call has left running (a timer) keeps its frame and the call, but not what it was called with. */
  protected release(): void {
    this.instance = undefined;
    this.args = nothing;
  }

  get tracksMessage(): boolean {
    return this.method.tracks('message');
  }

  get tracksRun(): boolean {
    return this.method.tracks('run');
  }

  get tracksTool(): boolean {
    return this.method.tracks('tool');
  }

  get tracksGeneration(): boolean {
    return this.method.tracks('generation');
  }
}

const nothing: readonly unknown[] = [];
