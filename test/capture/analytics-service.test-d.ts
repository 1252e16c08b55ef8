import type { AnalyticsService } from '../../src/capture/analytics.service.js';

// Compiled by the type check: each line that must not compile says so.

export function told(analytics: AnalyticsService): void {
  analytics.trackUserMessage({ messageLength: 5, userId: 7n, sessionId: 1 });
  analytics.trackToolCalled({ toolName: 'find', outcome: 'error', errorType: 'TypeError', durationMs: null });
  analytics.trackAgentRunFinished({ executionId: 'e1', outcome: 'success', startedAt: Date.now() });
  analytics.trackTriggerFired({ triggerType: 'webhook' });
  analytics.capture('report_ready', { pages: 3 });
}

export function refused(analytics: AnalyticsService): void {
  // @ts-expect-error the text itself is never taken
  analytics.trackUserMessage({ message: 'hello' });
  // @ts-expect-error a tool has a name
  analytics.trackToolCalled({});
  // @ts-expect-error no such outcome
  analytics.trackToolCalled({ toolName: 'find', outcome: 'failed' });
  // @ts-expect-error a run has an id
  analytics.trackAgentRunFinished({ outcome: 'success' });
  // @ts-expect-error a schedule has an id
  analytics.trackScheduleFired({});
  // @ts-expect-error a trigger has a type
  analytics.trackTriggerSetup({});
  // @ts-expect-error no such reason
  analytics.trackMessageBlocked({ reason: 'mood' });
  // @ts-expect-error no such decision
  analytics.trackToolDecision({ toolName: 'find', decision: 'maybe' });
  // @ts-expect-error tokens are numbers
  analytics.trackGeneration({ inputTokens: '12' });
  // @ts-expect-error a user is no object
  analytics.capture('report_ready', {}, { userId: { id: 1 } });
  // @ts-expect-error a name is a text
  analytics.capture(7);
}
