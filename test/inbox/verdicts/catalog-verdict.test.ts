import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { defineEvents } from '../../../src/event/catalog.js';
import type { VerdictSettings } from '../../../src/inbox/verdicts/verdict-settings.js';
import { sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

describe('the verdict on the catalog', () => {
  const catalog = defineEvents({ plan_upgraded: z.object({ plan: z.enum(['free', 'pro']) }) });
  const upgraded = (plan: string): AnalyticsEvent => sampleEvent({ event: 'plan_upgraded', properties: { plan } });

  it.each<[name: string, event: AnalyticsEvent, settings: Partial<VerdictSettings>, level: string, title: string]>([
    ['declared', upgraded('pro'), { catalog }, 'good', 'As declared'],
    ['in violation', upgraded('gold'), { catalog }, 'warn', 'Not as declared'],
    ['unknown', sampleEvent({ event: 'plan_upgrade' }), { catalog }, 'warn', 'Unknown event'],
    ['without a catalog', sampleEvent({ event: 'plan_upgraded' }), {}, 'note', 'Not declared'],
    ['built in', sampleEvent({ event: 'copilot_tool_called' }), { catalog }, 'good', 'Built in'],
    [
      'built in, under another prefix',
      sampleEvent({ event: 'chat_tool_called' }),
      { catalog, eventPrefix: 'chat_' },
      'good',
      'Built in',
    ],
    [
      'built in, under a prefix not in use',
      sampleEvent({ event: 'chat_tool_called' }),
      { catalog },
      'warn',
      'Unknown event',
    ],
    ["PostHog's", sampleEvent({ event: '$ai_span' }), { catalog }, 'good', "PostHog's own event"],
  ])('%s', (_name, event, settings, level, title) => {
    expect(verdictOn('catalog', event, { settings })).toMatchObject({ level, title });
  });

  it('names each violation', () => {
    expect(verdictOn('catalog', upgraded('gold'), { settings: { catalog } }).items).toEqual([
      expect.stringMatching(/^plan: /),
    ]);
  });
});
