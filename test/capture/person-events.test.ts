import { Test } from '@nestjs/testing';
import { AnalyticsContext, AnalyticsModule, AnalyticsService } from 'nestjs-agent-analytics';
import { recordAnalytics } from 'nestjs-agent-analytics/testing';
import { expect, it } from 'vitest';

it('people and groups are told where sampling leaves out all else', async () => {
  const builder = Test.createTestingModule({ imports: [AnalyticsModule.forRoot({ sampleRate: 0 })] });
  const recorded = recordAnalytics(builder);
  const app = await (await builder.compile()).init();
  const analytics = app.get(AnalyticsService);
  AnalyticsContext.run({ userId: 'ada', sessionId: 's1' }, () => {
    analytics.identify({ userId: 'ada', set: { plan: 'pro' } });
    analytics.alias({ userId: 'ada', alias: 'legacy-7' });
    analytics.group({ type: 'company', key: 'c1' });
    analytics.capture('left_out', {});
  });
  expect(recorded.events().map(({ event }) => event)).toEqual(['$identify', '$create_alias', '$groupidentify']);
  await app.close();
});
