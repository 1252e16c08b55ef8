import type { RunnerTestCase } from 'vitest';

/** What the inbox has to hold to in a browser, told by the tests that measure it. */
export interface Figures {
  /** From the end of a chat's answer until all of its events are in the inbox. */
  readonly eventsShownMs: number;
  readonly firstPaintMs: number;
  readonly filterMs: number;
  readonly searchMs: number;
  readonly worstFrameMs: number;
  readonly eventsSent: number;
  readonly rowsLost: number;
  readonly heapBeforeMb: number;
  readonly heapAfterMb: number;
}

/** The most that each may be, with 10,000 events and at 200 events a second. */
export const bounds = {
  eventsShownMs: 1_000,
  firstPaintMs: 1_000,
  filterMs: 200,
  searchMs: 200,
  worstFrameMs: 50,
  rowsLost: 0,
} as const;

/** What the heap may be after as many events again: it breathes a little, but does not grow with them. */
export function mostHeapMb(beforeMb: number): number {
  return beforeMb * 1.1 + 0.5;
}

/** Tells figures to the reporter; before they are judged, so that a broken bound is told too. */
export function tellFigures(task: Readonly<RunnerTestCase>, figures: Partial<Figures>): void {
  Object.assign(task.meta, { figures });
}
