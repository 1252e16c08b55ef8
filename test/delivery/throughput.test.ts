import { expect, it, onTestFinished } from 'vitest';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';

it('is not held up by a server that takes 200 ms: four batches are under way at once', async () => {
  const server = await startPostHogServer();
  onTestFinished(() => server.close());
  server.fault(faults.slow(200));
  const { pipeline, record } = auditedPipeline({ server });
  record(2_000);
  const before = performance.now();
  expect(await pipeline.flush({ timeoutMs: 20_000 })).toEqual({ delivered: 2_000, pending: 0 });
  // 20 batches one after the other take 4 s; four at a time take 1 s.
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(pipeline.stats().retries).toBe(0);
});
