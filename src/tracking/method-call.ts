import type { TrackedMethod } from './tracked-methods.js';

/** What a call of a tracked method is taken for, as those within find it in the frames around them. */
export abstract class MethodCall {
  protected constructor(readonly method: TrackedMethod) {}

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
