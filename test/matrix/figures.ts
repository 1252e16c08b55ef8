import type { TestContext } from 'vitest';

export type Figure = 'installs' | 'compilations' | 'applications' | 'events' | 'entries';

/** Adds to a figure that `npm run test:matrix` prints on its last line. */
export function count({ meta }: TestContext['task'], figure: Figure, by = 1): void {
  const figures = ((meta as { figures?: Partial<Record<Figure, number>> }).figures ??= {});
  figures[figure] = (figures[figure] ?? 0) + by;
}
