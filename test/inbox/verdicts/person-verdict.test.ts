import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { anonymousEvent, sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

const identify = sampleEvent({
  event: '$identify',
  distinctId: 'user-1',
  properties: { $anon_distinct_id: 'anonymous_s1', $set: { plan: 'pro' } },
});

describe('the verdict on the person', () => {
  it.each<[name: string, event: AnalyticsEvent, others: AnalyticsEvent[], level: string, title: string, says: string]>([
    ['a user', sampleEvent(), [], 'good', 'A known user', '“user-1”'],
    [
      'a user of a session that was anonymous',
      sampleEvent(),
      [anonymousEvent('s1')],
      'warn',
      'A person in two halves',
      '“anonymous_s1”',
    ],
    ['the same, joined', sampleEvent(), [anonymousEvent('s1'), identify], 'good', 'A known user', '“user-1”'],
    [
      'an alias of another',
      sampleEvent({ distinctId: 'old-1' }),
      [sampleEvent({ event: '$create_alias', distinctId: 'user-1', properties: { alias: 'old-1' } })],
      'good',
      'A known user, merged',
      '“old-1” was merged into “user-1”',
    ],
    ['an anonymous session', anonymousEvent('s1'), [], 'good', 'Anonymous', 'No person profile is made'],
    [
      'an anonymous session, joined later',
      anonymousEvent('s1'),
      [identify],
      'good',
      'Anonymous, merged',
      'merged into “user-1”',
    ],
    [
      'an anonymous session with a profile',
      sampleEvent({ distinctId: 'anonymous_s1', properties: { is_anonymous: true } }),
      [],
      'good',
      'Anonymous',
      'A person profile is made for the anonymous id',
    ],
    [
      'neither user nor session',
      anonymousEvent('s1', { distinctId: '0d9a…', properties: { session_id: null } }),
      [],
      'warn',
      'Nobody',
      'AnalyticsContext.run',
    ],
    ['identify with an anonymous id', identify, [], 'good', 'Merges with the user', '“anonymous_s1” becomes “user-1”'],
    ['identify without one', sampleEvent({ event: '$identify' }), [], 'good', 'Identified', 'merges nobody'],
    [
      'an alias',
      sampleEvent({ event: '$create_alias', properties: { alias: 'old-1' } }),
      [],
      'good',
      'Merges two ids',
      '“old-1” and “user-1”',
    ],
    [
      'a group',
      sampleEvent({ event: '$groupidentify', distinctId: '$company_acme' }),
      [],
      'good',
      'No person',
      'belongs to nobody',
    ],
    [
      'an id that PostHog refuses',
      sampleEvent({ distinctId: 'undefined' }),
      [],
      'bad',
      'An id that is nobody',
      '“undefined”',
    ],
    [
      'an id of 201 characters',
      sampleEvent({ distinctId: 'u'.repeat(201) }),
      [],
      'warn',
      'The id is too long',
      'first 200 characters',
    ],
  ])('%s', (_name, event, others, level, title, says) => {
    const person = verdictOn('person', event, { others });
    expect(person).toMatchObject({ level, title });
    expect(person.text).toContain(says);
  });
});
