import type { Reporter, TestModule } from 'vitest/node';
import { bounds, mostHeapMb, type Figures } from './figures.js';

/** Ends `npm run test:browser` with one line of figures; fails where one is missing or beyond its bound. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const figures: Partial<Figures> = {};
    let [passed, failed] = [0, 0];
    for (const module of modules) {
      if (module.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        if (state === 'failed') failed++;
        Object.assign(figures, (test.meta() as { figures?: Partial<Figures> }).figures);
      }
    }
    const broken = brokenBounds(figures);
    if (broken.length > 0) process.exitCode = 1;
    process.stdout.write(`\n${lineOf(figures)}, ${passed} passed, ${failed} failed${told(broken)}\n`);
  }
}

function brokenBounds(figures: Partial<Figures>): string[] {
  const { heapBeforeMb = NaN, heapAfterMb = NaN } = figures;
  const names = Object.keys(bounds) as (keyof typeof bounds)[];
  // What was not measured is not within any bound.
  const broken: string[] = names.filter((name) => !((figures[name] ?? NaN) <= bounds[name]));
  return heapAfterMb <= mostHeapMb(heapBeforeMb) ? broken : [...broken, 'heap'];
}

function told(broken: readonly string[]): string {
  return broken.length === 0 ? '' : `; beyond its bound or not measured: ${broken.join(', ')}`;
}

function lineOf(figures: Partial<Figures>): string {
  const ms = (value: number | undefined): string => (value === undefined ? '? ms' : `${Math.round(value)} ms`);
  const mb = (value: number | undefined): string => value?.toFixed(1) ?? '?';
  return (
    `browser: a chat's events shown ${ms(figures.eventsShownMs)}, first paint ${ms(figures.firstPaintMs)}, filter ${ms(figures.filterMs)}, search ${ms(figures.searchMs)}, ` +
    `worst frame ${ms(figures.worstFrameMs)}, rows lost ${figures.rowsLost ?? '?'} of ${figures.eventsSent ?? '?'}, ` +
    `heap ${mb(figures.heapBeforeMb)} → ${mb(figures.heapAfterMb)} MB`
  );
}
