import { Test } from '@nestjs/testing';
import { AnalyticsModule, AnalyticsService } from 'nestjs-agent-analytics';
import { recordAnalytics } from 'nestjs-agent-analytics/testing';
import { describe, expect, it } from 'vitest';

describe('the end of a run', () => {
  async function uuidsOf(...executionIds: unknown[]): Promise<string[]> {
    const builder = Test.createTestingModule({ imports: [AnalyticsModule.forRoot()] });
    const recorded = recordAnalytics(builder);
    const app = await (await builder.compile()).init();
    const analytics = app.get(AnalyticsService);
    for (const executionId of executionIds) {
      analytics.trackAgentRunFinished({ userId: 'ada', executionId: executionId as string, outcome: 'success' });
    }
    const uuids = recorded.events('copilot_agent_run_success').map(({ uuid }) => uuid);
    await app.close();
    return uuids;
  }

  it('is told once for each execution', async () => {
    expect(await uuidsOf('e1', 'e2', 'e1', 7, '7')).toHaveLength(3);
  });

  it.each([undefined, null, ''])(
    'without an execution’s id (%j) is told each time, as an event of its own',
    async (none) => {
      expect(new Set(await uuidsOf(none, none, none)).size).toBe(3);
    },
  );
});
