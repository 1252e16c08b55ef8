import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as ai from 'ai';
import { expect, it } from 'vitest';
import { aiSdk } from '../../src/integrations/ai-sdk.js';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { RecordingTarget } from '../integrations/recorder/recording-target.js';
import { scriptedAiModel } from './ai-sdk.js';
import { count } from './figures.js';
import { PROMPT, scripts } from './script.js';

// All of them by `npm run test:agents`, fewer beside the other tests.
const RUNS = Number(process.env['AGENT_RUNS'] ?? 1_000);
const ABANDONED = 0.05;
/** What the heap may grow by from the first half of the runs to the second, whatever their number. */
const MOST_GROWTH_MB = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

it(`${RUNS} runs of which 5 % never end stay bounded, and the heap flat`, { timeout: 300_000 }, async () => {
  const target = new RecordingTarget();
  const unregister = aiSdk().register(target.recorder);
  const model = scriptedAiModel('v4', scripts.answer.steps) as unknown as ai.LanguageModel;
  const hanging = scriptedAiModel('v4', scripts.abort.steps) as unknown as ai.LanguageModel;
  const ended = { runs: 0, abandoned: 0 };
  const heaps: number[] = [];
  let mostOpen = 0;
  const begin = performance.now();
  for (let i = 0; i < RUNS; i++) {
    const walksAway = i % (1 / ABANDONED) === 0;
    const call = { model: walksAway ? hanging : model, prompt: PROMPT, telemetry: { functionId: 'copilot' } };
    await AnalyticsContext.run({ userId: `user-${i}`, sessionId: `s-${i}` }, async () => {
      for await (const _ of ai.streamText(call).textStream) if (walksAway) break;
    });
    // A run each ten seconds: whoever walked away is given up an hour later.
    target.clock.advance(10_000);
    mostOpen = Math.max(mostOpen, target.recorder.openCount);
    for (const { event, measured } of target.records.splice(0)) {
      if (!event.startsWith('copilot_agent_run')) continue;
      ended.runs++;
      if (measured?.outcome === 'abandoned') ended.abandoned++;
    }
    if (i % (RUNS / 10) === 0) {
      collectGarbage();
      heaps.push(process.memoryUsage().heapUsed / 1e6);
    }
  }
  unregister();
  // 360 runs in an hour, of which 18 walk away.
  expect(mostOpen).toBeLessThanOrEqual(19);
  expect(ended.runs + target.recorder.openCount).toBe(RUNS);
  expect(ended.abandoned).toBe(RUNS * ABANDONED - target.recorder.openCount);
  const growth = Math.min(...heaps.slice(5)) - Math.min(...heaps.slice(1, 5));
  expect(growth).toBeLessThan(MOST_GROWTH_MB);
  expect(performance.now() - begin).toBeLessThan(RUNS * 20);
  count('runs', RUNS);
  count('mostOpen', mostOpen);
  count('heapKb', Math.round(growth * 1_000));
});
