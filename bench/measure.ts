import { setImmediate as turn } from 'node:timers/promises';

export interface Cost {
  /** Microseconds a call, as its caller waits for it: the median of the slices, which other processes disturb least. */
  readonly call: number;
  /** Microseconds of the main thread an event, all that follows included, until it has been sent. */
  readonly mainThread: number;
  /** Microseconds of CPU an event over all threads. */
  readonly allThreads: number;
}

const SLICE = 50;

/** Calls `call` so often in short slices between turns of the event loop, as a server does, then `settle`. */
export async function measure(
  calls: number,
  call: (i: number) => Promise<unknown>,
  settle: () => Promise<unknown>,
): Promise<Cost> {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const slices: number[] = [];
  for (let i = 0; i < calls; i += SLICE) {
    const began = performance.now();
    for (let j = i; j < i + SLICE; j++) await call(j);
    slices.push(performance.now() - began);
    await turn();
  }
  await settle();
  const { user, system } = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(loop);
  return {
    call: (median(slices) * 1_000) / SLICE,
    mainThread: (active * 1_000) / calls,
    allThreads: (user + system) / calls,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** The median of each figure over the rounds. */
export function medianCost(costs: readonly Cost[]): Cost {
  const of = (figure: keyof Cost): number => median(costs.map((cost) => cost[figure]));
  return { call: of('call'), mainThread: of('mainThread'), allThreads: of('allThreads') };
}
