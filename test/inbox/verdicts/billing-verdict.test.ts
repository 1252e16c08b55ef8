import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { anonymousEvent, sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

const identify = sampleEvent({
  event: '$identify',
  distinctId: 'user-1',
  properties: { $anon_distinct_id: 'anonymous_s1', $set: { plan: 'pro' } },
});

describe('the verdict on the bill', () => {
  it.each<[name: string, event: AnalyticsEvent, others: AnalyticsEvent[], title: string]>([
    ["a user's event", sampleEvent(), [], 'Identified event'],
    ['an anonymous event', anonymousEvent('s1'), [], 'Anonymous event'],
    ['an anonymous event whose id was merged into a user', anonymousEvent('s1'), [identify], 'Identified event'],
    ['an anonymous event with a profile', sampleEvent({ properties: { is_anonymous: true } }), [], 'Identified event'],
    ['identify', identify, [], 'Identified event'],
    ['a generation', sampleEvent({ event: '$ai_generation' }), [], 'AI observability'],
    ['an exception', sampleEvent({ event: '$exception' }), [], 'Error tracking'],
    ['a survey', sampleEvent({ event: 'survey sent' }), [], 'Surveys'],
    ['a feature flag', sampleEvent({ event: '$feature_flag_called' }), [], 'Not counted'],
  ])('%s', (_name, event, others, title) => {
    expect(verdictOn('billing', event, { others })).toMatchObject({ level: 'good', title });
  });
});
