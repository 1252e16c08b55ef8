import { expect, it, onTestFinished } from 'vitest';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { faults, startPostHogServer } from '../support/posthog-server.js';

it('has four batches under way at once, so that a slow server does not hold it up', async () => {
  const server = await startPostHogServer();
  onTestFinished(() => server.close());
  let answer = (): void => undefined;
  server.fault(faults.held(new Promise<void>((resolve) => (answer = resolve))));
  const { pipeline, record } = auditedPipeline({ server });
  record(2_000);
  const flushed = pipeline.flush({ timeoutMs: 20_000 });
  // None of them has been answered.
  await server.waitForRequests(4);
  answer();
  expect(await flushed).toEqual({ delivered: 2_000, pending: 0 });
  expect(pipeline.stats().retries).toBe(0);
});
