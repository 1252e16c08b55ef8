import type { Reporter, TestModule } from 'vitest/node';
import type { SoakReport } from './play-soak.js';

/** Ends `npm run soak` with one line of figures. */
export default class FiguresReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failed = tests.filter((test) => test.result().state !== 'passed').length;
    const { soak } = tests.map((test) => test.meta() as { soak?: SoakReport }).find((meta) => meta.soak) ?? {};
    const found = tests.filter((test) => 'foundMixUp' in test.meta()).length;
    const figures = soak === undefined ? 'no figures' : figuresOf(soak);
    process.stdout.write(`\nsoak: ${figures}, ${found} planted mix-ups found, ${failed} failed\n`);
  }
}

function figuresOf({ calls, events, ended, mistakes, heapBefore, heapAfter, seconds }: SoakReport): string {
  const { wrongPerson, wrongSession, wrongTrace, wrongOutcome, missing, doubled } = mistakes;
  const share = (of: number): string => `${((100 * of) / calls).toFixed(1)} %`;
  return [
    `${calls} calls, ${events} events, ${share(ended.error)} errors, ${share(ended.aborted)} aborted`,
    `${wrongPerson} on the wrong user, ${wrongSession} session, ${wrongTrace} trace, ${wrongOutcome} outcome`,
    `${missing} missing, ${doubled} doubled`,
    `heap ${heapBefore.toFixed(1)} → ${heapAfter.toFixed(1)} MB (${((100 * heapAfter) / heapBefore - 100).toFixed(1)} %)`,
    `${seconds.toFixed(0)} s`,
  ].join(', ');
}
