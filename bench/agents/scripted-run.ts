/** One run of an agent: two calls of a model, two tools between them. Each way of tracking is told its moments. */
export interface Tracked {
  runBegins(): void;
  modelBegins(step: number): void;
  modelEnds(step: number): void;
  toolBegins(id: string): void;
  toolEnds(id: string): void;
  runEnds(): void;
}

export const USAGE = { input: 100, cacheRead: 40, output: 20 } as const;

/** Plays it, with turns of the promise queue where an application would wait, so that several interleave. */
export async function playRun(tracked: Tracked): Promise<void> {
  tracked.runBegins();
  for (const step of [0, 1]) {
    tracked.modelBegins(step);
    await Promise.resolve();
    tracked.modelEnds(step);
    if (step === 1) break;
    for (const id of ['call-1', 'call-2']) {
      tracked.toolBegins(id);
      await Promise.resolve();
      tracked.toolEnds(id);
    }
  }
  tracked.runEnds();
}
