import { expect, TestRunner } from 'vitest';

export type Figure = 'cells' | 'absent' | 'calls' | 'events' | 'faults' | 'red';

/** Adds to a figure that `npm run test:handlers` prints on its last line; concurrent tests say which they are. */
export function count(
  figure: Figure,
  by: number,
  test: { meta: object } | undefined = TestRunner.getCurrentTest(),
): void {
  if (test === undefined) return expect.unreachable('a figure outside a test');
  const figures = ((test.meta as { figures?: Partial<Record<Figure, number>> }).figures ??= {});
  figures[figure] = (figures[figure] ?? 0) + by;
}
