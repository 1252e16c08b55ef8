import type { Reporter, TestModule } from 'vitest/node';
import type { Figure } from './figures.js';

/** Ends `npm run test:matrix` with one line of figures. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sums: Record<Figure, number> = { installs: 0, compilations: 0, applications: 0, events: 0, entries: 0 };
    let [failed, skipped] = [0, 0];
    for (const module of modules) {
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'failed') failed++;
        if (state === 'skipped') skipped++;
        const { figures = {} } = test.meta() as { figures?: Partial<Record<Figure, number>> };
        for (const [name, value] of Object.entries(figures)) sums[name as Figure] += value;
      }
    }
    process.stdout.write(
      `\nmatrix: ${sums.installs} installations, ${sums.compilations} compilations, ${sums.applications} applications ` +
        `answered, ${sums.events} events arrived, ${sums.entries} export paths the same by import and require, ` +
        `${skipped} skipped, ${failed} failed\n`,
    );
  }
}
