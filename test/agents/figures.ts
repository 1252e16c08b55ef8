import { expect, TestRunner } from 'vitest';

export type Figure = 'cells' | 'events' | 'users' | 'runs' | 'mostOpen' | 'heapKb' | 'marked';

/** Adds to a figure that `npm run test:agents` prints on its last line. */
export function count(figure: Figure, by: number): void {
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return expect.unreachable('a figure outside a test');
  const figures = ((test.meta as { figures?: Partial<Record<Figure, number>> }).figures ??= {});
  figures[figure] = (figures[figure] ?? 0) + by;
}
