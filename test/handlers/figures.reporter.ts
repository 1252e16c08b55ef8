import type { Reporter, TestModule } from 'vitest/node';
import type { Figure } from './figures.js';

/** Ends `npm run test:handlers` with one line of figures. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const sums: Record<Figure, number> = { cells: 0, absent: 0, calls: 0, events: 0, faults: 0, red: 0 };
    let failed = 0;
    for (const module of modules) {
      const failedBefore = failed;
      for (const test of module.children.allTests()) {
        if (test.result().state !== 'passed') failed++;
        const { figures = {} } = test.meta() as { figures?: Partial<Record<Figure, number>> };
        for (const [name, value] of Object.entries(figures)) sums[name as Figure] += value;
      }
      if (module.state() === 'failed' && failed === failedBefore) failed++;
    }
    process.stdout.write(
      `\nhandlers: ${sums.cells} cells, ${sums.absent} absent with their references, ` +
        `${sums.calls} calls in each of two applications, ${sums.events} events, ` +
        `${sums.faults} planted faults turned ${sums.red} cells red, ${failed} failed\n`,
    );
  }
}
