import { systemClock } from '../../src/event/clock.js';
import type { AnalyticsStats } from '../../src/delivery/delivery.js';
import { OwnDelivery } from './subject.js';

/** The next process on this folder: delivers what the one before it left. */
export async function recover(dir: string, host: string, apiKey?: string): Promise<AnalyticsStats> {
  const next = new OwnDelivery('spool', { dir, host, clock: systemClock, ...(apiKey && { apiKey }) });
  await next.end(20_000);
  if (next.wrong) throw new Error(next.wrong);
  return next.pipeline.stats();
}
