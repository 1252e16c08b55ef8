import 'reflect-metadata';
import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsContext, AnalyticsModule, AnalyticsService, TrackToolCall } from 'nestjs-agent-analytics';
import { PostHog } from 'posthog-node';
import { measure, medianCost, type Cost } from './measure.js';
import { Sink } from './sink.js';

/**
 * What tracking costs: the same tool untracked, with @TrackToolCall(), and with posthog.capture() by hand, in turns in
 * one process, the events counted where they arrive. `npm run bench -- --rounds 15` for a longer run.
 */
const ROUNDS = argument('rounds', 5);
const CALLS = argument('calls', 20_000);
/** What a tracked call may add to a call, as a share of what capture() by hand adds. */
const BOUND = 0.1;

@Injectable()
class Tools {
  constructor(@Inject('posthog') private readonly posthog: PostHog) {}

  async untracked(query: string): Promise<{ id: string }> {
    return { id: query };
  }

  @TrackToolCall('find_agent')
  async tracked(query: string): Promise<{ id: string }> {
    return { id: query };
  }

  async byHand(query: string): Promise<{ id: string }> {
    const began = performance.now();
    const result = { id: query };
    this.posthog.capture({
      distinctId: 'ada',
      event: 'by_hand',
      properties: {
        session_id: 's1',
        tool_name: 'find_agent',
        tool_call_id: null,
        duration_ms: performance.now() - began,
        outcome: 'success',
        environment: 'bench',
        source: 'chat_copilot',
      },
    });
    return result;
  }
}

const sink = await Sink.start();
const posthog = new PostHog('phc_bench', { host: sink.url });

@Module({
  imports: [AnalyticsModule.forRoot({ apiKey: 'phc_bench', host: sink.url, environment: 'bench' })],
  providers: [Tools, { provide: 'posthog', useValue: posthog }],
})
class BenchModule {}

const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['warn', 'error'] });
const tools = app.get(Tools);
const analytics = app.get(AnalyticsService);
const inContext = <T>(fn: () => Promise<T>): Promise<T> => AnalyticsContext.run({ userId: 'ada', sessionId: 's1' }, fn);

const ways = {
  untracked: () =>
    inContext(() =>
      measure(
        CALLS,
        () => tools.untracked('q'),
        () => Promise.resolve(),
      ),
    ),
  tracked: () =>
    inContext(() =>
      measure(
        CALLS,
        () => tools.tracked('q'),
        () => analytics.flush(),
      ),
    ),
  byHand: () =>
    inContext(() =>
      measure(
        CALLS,
        () => tools.byHand('q'),
        () => posthog.flush(),
      ),
    ),
};
const costs: Record<keyof typeof ways, Cost[]> = { untracked: [], tracked: [], byHand: [] };
for (let round = -1; round < ROUNDS; round++) {
  for (const way of ['untracked', 'tracked', 'byHand'] as const) {
    const cost = await ways[way]();
    // The first round warms up.
    if (round >= 0) costs[way].push(cost);
  }
}

const untracked = medianCost(costs.untracked);
const added = (way: 'tracked' | 'byHand'): Cost => {
  const { call, mainThread, allThreads } = medianCost(costs[way]);
  return {
    call: call - untracked.call,
    mainThread: mainThread - untracked.mainThread,
    allThreads: allThreads - untracked.allThreads,
  };
};
const [ours, byHand] = [added('tracked'), added('byHand')];
const sent = (ROUNDS + 1) * CALLS;
const [oursArrived, byHandArrived] = [await sink.arrived('copilot_tool_called'), await sink.arrived('by_hand')];
await app.close();
await posthog.shutdown();
sink.stop();

const us = (value: number): string => `${value.toFixed(2)} µs`.padStart(10);
const line = (name: string, { call, mainThread, allThreads }: Cost, arrived: number): string =>
  `${name.padEnd(24)}${us(call)}${us(mainThread)}${us(allThreads)}   ${arrived} of ${sent} arrived`;
console.log(
  `\nAdded to a call, median of ${ROUNDS} rounds of ${CALLS} calls, untracked ${untracked.call.toFixed(2)} µs:`,
);
console.log(`${''.padEnd(24)}   in call      main       all threads`);
console.log(line('@TrackToolCall()', ours, oursArrived));
console.log(line('posthog.capture()', byHand, byHandArrived));

const ratio = ours.call / byHand.call;
const isGood = ratio <= BOUND && oursArrived === sent;
console.log(
  `\nbench: in call ${ratio.toFixed(3)} of by hand (bound ${BOUND}), main thread ${(ours.mainThread / byHand.mainThread).toFixed(3)}, ` +
    `all threads ${(ours.allThreads / byHand.allThreads).toFixed(3)}, arrived ${oursArrived}/${sent}: ${isGood ? 'ok' : 'BROKEN'}`,
);
process.exitCode = isGood ? 0 : 1;

function argument(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at === -1 ? NaN : Number(process.argv[at + 1]);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
