import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsService } from '../../../src/capture/analytics.service.js';
import { AnalyticsInbox, AnalyticsInboxModule } from '../../../src/inbox/index.js';
import type { Problem, ProblemReport } from '../../../src/inbox/problems/problem-api.js';
import { AnalyticsModule } from '../../../src/module/analytics.module.js';
import type { AnalyticsOptions } from '../../../src/module/analytics.options.js';

export interface AnalyticsApp {
  readonly analytics: AnalyticsService;
  /** The inbox's address, token included. */
  readonly url: string;
  get<T>(type: Type<T>): T;
  /** What the inbox says is wrong, when all that was tracked has been prepared. */
  readonly report: () => Promise<ProblemReport>;
  /** One problem of it. */
  readonly problem: (id: string) => Promise<Problem | undefined>;
  readonly close: () => Promise<void>;
}

/** A real application with analytics and an inbox, and these providers. */
export async function startAnalyticsApp(
  options: AnalyticsOptions = {},
  providers: Type[] = [],
  controllers: Type[] = [],
): Promise<AnalyticsApp> {
  @Module({
    imports: [AnalyticsInboxModule.forRoot(), AnalyticsModule.forRoot({ shutdownTimeoutMs: 0, ...options })],
    providers,
    controllers,
  })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0);
  const analytics = app.get(AnalyticsService);
  const url = app.get(AnalyticsInbox).url ?? '';
  const { origin, searchParams } = new URL(url);
  const report = async (): Promise<ProblemReport> => {
    await analytics.flush();
    const headers = { authorization: `Bearer ${searchParams.get('token')}` };
    return (await fetch(`${origin}/__inbox/api/problems`, { headers })).json() as Promise<ProblemReport>;
  };
  return {
    analytics,
    url,
    get: (type) => app.get(type),
    report,
    problem: async (id) => (await report()).problems.find((each) => each.id === id),
    close: () => app.close(),
  };
}
