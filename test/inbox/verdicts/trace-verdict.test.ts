import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

describe('the verdict on trace and replay', () => {
  const inTrace = sampleEvent({ properties: { $ai_trace_id: 't1', $ai_span_id: 'p1', $ai_parent_id: 'r1' } });
  const span = sampleEvent({ event: '$ai_span', properties: { $ai_trace_id: 't1' } });

  it.each<[name: string, event: AnalyticsEvent, others: AnalyticsEvent[], level: string, title: string]>([
    ['outside a run', sampleEvent(), [], 'note', 'In no trace'],
    ['in a trace that nothing shows', inTrace, [], 'note', 'Its trace is empty'],
    ['in a trace with a span', inTrace, [span], 'good', 'Linked to its trace'],
    ['a span', span, [], 'good', 'Shown in its trace'],
    ['a span without a trace', sampleEvent({ event: '$ai_span' }), [], 'warn', 'In no trace'],
  ])('trace: %s', (_name, event, others, level, title) => {
    expect(verdictOn('trace', event, { others })).toMatchObject({ level, title });
  });

  it('trace: names trace, span and parent', () => {
    expect(verdictOn('trace', inTrace).items).toEqual(['trace t1', 'span p1', 'beneath r1']);
  });

  it.each<[name: string, session: string | undefined, posthogHeaders: boolean, level: string, says: string]>([
    ['a web session', '01890000-0000-7000-8000-000000000001', true, 'good', 'web session of posthog-js'],
    ['none, headers off', undefined, false, 'note', 'Switch posthogHeaders on'],
    ['none, headers on', undefined, true, 'note', 'no X-POSTHOG-SESSION-ID'],
    ['a chat session in its place', 's1', true, 'bad', 'no UUID v7'],
    ['a UUID of another version', '01890000-0000-4000-8000-000000000001', true, 'bad', 'no UUID v7'],
  ])('replay: %s', (_name, session, posthogHeaders, level, says) => {
    const event = sampleEvent({ properties: session === undefined ? {} : { $session_id: session } });
    const replay = verdictOn('replay', event, { settings: { posthogHeaders } });
    expect(replay.level).toBe(level);
    expect(replay.text).toContain(says);
  });
});
