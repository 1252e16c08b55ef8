import type { Reporter, TestModule } from 'vitest/node';
import type { Figure } from './figures.js';

/** Ends `npm run test:agents` with one line of figures. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sums: Record<Figure, number> = { cells: 0, users: 0, runs: 0, mostOpen: 0, heapKb: 0, events: 0, marked: 0 };
    let [failed, untold] = [0, 0];
    for (const module of modules) {
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'failed') failed++;
        if (state === 'skipped') untold++;
        const { figures = {} } = test.meta() as { figures?: Partial<Record<Figure, number>> };
        for (const [name, value] of Object.entries(figures)) sums[name as Figure] += value;
      }
    }
    process.stdout.write(
      `\nagents: ${sums.cells} cells shown, ${untold} that a framework can't tell, ${sums.users} users kept apart, ` +
        `${sums.runs} runs of which 5 % never end (at most ${sums.mostOpen} open, heap ${sums.heapKb} kB more), ${sums.events} events all accepted, ${sums.marked} pieces of content seen, ${failed} failed\n`,
    );
  }
}
