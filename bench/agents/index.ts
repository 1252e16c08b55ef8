import 'reflect-metadata';
import { cpus } from 'node:os';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AnalyticsContext, AnalyticsModule, AnalyticsService } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { otel } from 'nestjs-agent-analytics/otel';
import { PostHog } from 'posthog-node';
import { measure, medianCost, type Cost } from '../measure.js';
import { Sink } from '../sink.js';
import { otherPackages } from './other-packages.js';
import { playRun, type Tracked } from './scripted-run.js';
import { batchProcessor, byHooks, byPostHogAi, bySpans, nullExporter, type PostHogAi } from './ways.js';

/**
 * What an agent's run costs to track: two calls of a model and two tools, one run after the other and 25 at once, by
 * each way in turns. `npm run bench:agents`; `-- --rounds 9` for a longer run of it.
 */
const ROUNDS = argument('rounds', 5);
const AT_ONCE = 25;
/** In whole slices, of single runs and of 25. */
const RUNS = Math.ceil(argument('runs', 2_500) / 1_250) * 1_250;
/** What ours may cost a run, as a share of `@posthog/ai`'s; where that is not there, of spans that go nowhere. */
const BOUNDS = { '@posthog/ai': 1, 'bare OpenTelemetry': 12 } as const;

type LangfuseOtel = { LangfuseSpanProcessor: new (options: object) => SpanProcessor };
const other = otherPackages();
const posthogAi = other<PostHogAi>('@posthog/ai');
const langfuse = other<LangfuseOtel>('@langfuse/otel');

const sink = await Sink.start();
const posthog = new PostHog('phc_bench', { host: sink.url, maxQueueSize: 100_000 });
const spans = otel({ except: ['ai-sdk'] });

@Module({
  imports: [
    AnalyticsModule.forRoot({
      apiKey: 'phc_bench',
      host: sink.url,
      environment: 'bench',
      integrations: [aiSdk(), spans],
    }),
  ],
})
class BenchModule {}

const app = await NestFactory.createApplicationContext(BenchModule, { logger: ['warn', 'error'] });
const analytics = app.get(AnalyticsService);
const ours = (): Promise<unknown> => analytics.flush();
const nothing = (): Promise<void> => Promise.resolve();

const none = (): void => undefined;
const silent: Tracked = {
  runBegins: none,
  modelBegins: none,
  modelEnds: none,
  toolBegins: none,
  toolEnds: none,
  runEnds: none,
};

interface Way {
  readonly track: () => Tracked;
  readonly settle: () => Promise<unknown>;
}

const ways = new Map<string, Way>([
  ['untracked', { track: () => silent, settle: nothing }],
  ['ours', { track: byHooks, settle: ours }],
  ['ours by otel()', { track: bySpans(spans.processor), settle: ours }],
  ['bare OpenTelemetry', { track: bySpans(batchProcessor()), settle: nothing }],
]);
if (langfuse !== undefined) {
  const keys = { publicKey: 'pk-lf-bench', secretKey: 'sk-lf-bench', baseUrl: sink.url };
  const processor = new langfuse.LangfuseSpanProcessor({ ...keys, exporter: nullExporter });
  ways.set('Langfuse', { track: bySpans(processor), settle: () => processor.forceFlush() });
}
if (posthogAi !== undefined) {
  ways.set('@posthog/ai', { track: () => byPostHogAi(posthogAi, posthog), settle: () => posthog.flush() });
}

const alone = new Map<string, Cost[]>();
const together = new Map<string, Cost[]>();
for (let round = -1; round < ROUNDS; round++) {
  for (const [name, { track, settle }] of ways) {
    const one = (i: number): Promise<void> =>
      AnalyticsContext.run({ userId: `user-${i % 100}`, sessionId: 's1' }, () => playRun(track()));
    const many = (i: number): Promise<unknown> => Promise.all(Array.from({ length: AT_ONCE }, (_, j) => one(i + j)));
    const costs = [await measure(RUNS, one, settle), await measure(RUNS / AT_ONCE, many, settle)] as const;
    // The first round warms up.
    if (round < 0) continue;
    alone.set(name, [...(alone.get(name) ?? []), costs[0]]);
    together.set(name, [...(together.get(name) ?? []), costs[1]]);
  }
}
const sent = (ROUNDS + 1) * RUNS * 2 * 2;
const arrived = await sink.arrived('copilot_agent_run_success');
await app.close();
await posthog.shutdown();
sink.stop();

const idle = { alone: costOf(alone, 'untracked', 1), together: costOf(together, 'untracked', AT_ONCE) };
const us = (value: number): string => `${value.toFixed(1)} µs`.padStart(12);
console.log(
  `\nAdded to a run, median of ${ROUNDS} rounds of ${RUNS} runs (${cpus()[0]?.model.trim()}, Node ${process.version}):`,
);
console.log(`${''.padEnd(22)}${['in call', '25 at once', 'main thread'].map((head) => head.padStart(12)).join('')}`);
const figures = new Map<string, number>();
for (const name of ways.keys()) {
  if (name === 'untracked') continue;
  const one = costOf(alone, name, 1);
  const inCall = one.call - idle.alone.call;
  const atOnce = costOf(together, name, AT_ONCE).call - idle.together.call;
  figures.set(name, inCall);
  console.log(`${name.padEnd(22)}${us(inCall)}${us(atOnce)}${us(one.mainThread - idle.alone.mainThread)}`);
}
const base = figures.get('ours') ?? NaN;
const ratios = [...figures].map(([name, cost]) => `${name} ${(cost / base).toFixed(2)}`);
const judge = figures.has('@posthog/ai') ? '@posthog/ai' : 'bare OpenTelemetry';
const share = base / (figures.get(judge) ?? NaN);
const isGood = share <= BOUNDS[judge] && arrived === sent;
console.log(
  `\nbench:agents: in call, to ours: ${ratios.slice(1).join(', ')}; ours ${share.toFixed(2)} of ${judge} ` +
    `(bound ${BOUNDS[judge]}), runs arrived ${arrived}/${sent}: ${isGood ? 'ok' : 'BROKEN'}`,
);
process.exitCode = isGood ? 0 : 1;

function costOf(costs: ReadonlyMap<string, Cost[]>, name: string, runs: number): Cost {
  const { call, mainThread, allThreads } = medianCost(costs.get(name) ?? []);
  return { call: call / runs, mainThread: mainThread / runs, allThreads: allThreads / runs };
}

function argument(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at === -1 ? NaN : Number(process.argv[at + 1]);
  return Number.isInteger(value) && value > 0 ? value : fallback;
}
