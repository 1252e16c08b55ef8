import { expect, it } from 'vitest';
import { playSoak } from './play-soak.js';

/** `npm run soak` says a million. */
const calls = Number(process.env['SOAK_CALLS'] ?? 20_000);
const users = 1_000;
// Printed with a failure: give it as SEED to see the same run again.
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

it(
  `${calls} interleaved calls of ${users} users are all told, once, on their own user and session (seed ${seed})`,
  { timeout: 3_600_000 },
  async ({ task }) => {
    const report = await playSoak(calls, users, seed);
    const { mistakes, ended, stats, heapBefore, heapAfter } = report;
    expect(report.calls).toBeGreaterThanOrEqual(calls);
    expect(mistakes).toEqual({
      wrongPerson: 0,
      wrongSession: 0,
      wrongTrace: 0,
      wrongOutcome: 0,
      missing: 0,
      doubled: 0,
      unknown: 0,
    });
    for (const ending of ['error', 'aborted'] as const) expect(ended[ending] / report.calls).toBeCloseTo(0.02, 2);
    expect(stats.accepted).toBe(report.events);
    expect(stats.pending.total).toBe(0);
    // In the short form the caches still fill.
    expect(heapAfter / heapBefore).toBeLessThan(calls < 100_000 ? 1.15 : 1.05);
    Object.assign(task.meta, { soak: report });
  },
);
