import { Module, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsModule, AnalyticsService, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { GoldenCopilot, GoldenTools } from './golden-copilot.js';
import type { PostHogServer } from '../support/posthog-server.js';

/** An element of the batch as it came over the wire, before the server's own rules. */
export interface WireEvent {
  readonly event: string;
  readonly distinct_id: string;
  readonly properties: Record<string, unknown>;
  readonly timestamp: string;
  readonly uuid: string;
}

/** Runs `use` on the service of a real application that sends to the stand-in, and tells what arrived and was said. */
export async function whatArrives(
  server: PostHogServer,
  options: AnalyticsOptions,
  use: (analytics: AnalyticsService, copilot: GoldenCopilot) => unknown,
): Promise<{ events: WireEvent[]; warnings: string[]; texts: string[] }> {
  const texts: string[] = [];
  const [events, requests] = [server.events.length, server.requests.length];
  @Module({
    imports: [AnalyticsModule.forRoot({ apiKey: 'phc_golden', host: server.url, ...options })],
    providers: [
      GoldenTools,
      { provide: GoldenCopilot, useFactory: (tools: GoldenTools) => new GoldenCopilot(tools), inject: [GoldenTools] },
    ],
  })
  class GoldenModule {}
  const app = await NestFactory.createApplicationContext(GoldenModule, { logger: collecting(texts) });
  const analytics = app.get(AnalyticsService);
  await use(analytics, app.get(GoldenCopilot));
  await analytics.flush();
  await app.close();
  const { accepted, delivered, dropped, pending } = analytics.stats();
  const droppedInAll = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (accepted !== delivered + droppedInAll + pending.total) throw new Error('the books do not balance');
  const warnings = texts.flatMap((text) => /\((NAA\d+)\)$/.exec(text)?.[1] ?? []);
  const wire = server.requests.slice(requests).flatMap(({ json }) => (json as { batch: WireEvent[] }).batch);
  if (server.events.length - events !== wire.length) throw new Error('the server did not store what it was sent');
  return { events: wire, warnings, texts };
}

function collecting(texts: string[]): LoggerService {
  const collect = (text: unknown): void => void texts.push(String(text));
  return { log: () => undefined, warn: collect, error: collect };
}
