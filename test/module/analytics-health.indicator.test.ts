import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AnalyticsModule, AnalyticsService } from '../../src/index.js';
import { AnalyticsHealthIndicator, type AnalyticsHealthLimits } from '../../src/terminus.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

describe('The health indicator', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  const start = async (limits: AnalyticsHealthLimits = {}, apiKey: string | undefined = 'phc_test') => {
    @Controller()
    class HealthController {
      constructor(
        @Inject(HealthCheckService) private readonly health: HealthCheckService,
        @Inject(AnalyticsHealthIndicator) private readonly analytics: AnalyticsHealthIndicator,
      ) {}

      @Get('health')
      @HealthCheck()
      check(): Promise<HealthCheckResult> {
        return this.health.check([() => this.analytics.isHealthy('analytics', limits)]);
      }
    }
    @Module({
      imports: [
        TerminusModule.forRoot({ logger: false }),
        AnalyticsModule.forRoot({ apiKey, host: server.url, shutdownTimeoutMs: 50 }),
      ],
      controllers: [HealthController],
      providers: [AnalyticsHealthIndicator],
    })
    class HealthModule {}
    const app = await NestFactory.create(HealthModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    onTestFinished(() => app.close());
    const health = async () => {
      const response = await fetch(`${await app.getUrl()}/health`);
      const { details } = (await response.json()) as { details: { analytics: Record<string, unknown> } };
      return { http: response.status, ...details.analytics };
    };
    return { analytics: app.get(AnalyticsService), health };
  };

  it('is up while events arrive, and while analytics is off', async () => {
    const { analytics, health } = await start();
    analytics.capture('e', {}, { userId: 'u1' });
    await analytics.flush();
    const well = { http: 200, status: 'up', state: 'idle', pending: 0, oldestPendingMs: 0, lastError: null };
    expect(await health()).toEqual(well);
    const off = await start({}, '');
    expect(await off.health()).toMatchObject({ http: 200, status: 'up' });
  });

  it.each([
    ['the key is refused', faults.status(401), 'key_hold'],
    ['what answers is not PostHog', faults.html200, 'endpoint_hold'],
  ])('is down while %s, and says why', async (_, fault, state) => {
    const { analytics, health } = await start();
    server.fault(fault);
    analytics.capture('e', {}, { userId: 'u1' });
    await analytics.flush();
    expect(await health()).toMatchObject({ http: 503, status: 'down', state, pending: 1 });
  });

  it('is up during a short outage, and down when events wait for too long or too many of them do', async () => {
    server.fault(faults.status(503));
    for (const [limits, status] of [
      [{}, 'up'],
      [{ maxPendingMs: 0 }, 'down'],
      [{ maxPending: 1 }, 'down'],
      [{ maxPending: 2 }, 'up'],
    ] as const) {
      const { analytics, health } = await start(limits);
      analytics.capture('e', {}, { userId: 'u1' });
      analytics.capture('e', {}, { userId: 'u1' });
      await analytics.flush();
      await new Promise((later) => setTimeout(later, 5));
      expect(await health()).toMatchObject({ status, state: 'backoff' });
    }
  });
});
