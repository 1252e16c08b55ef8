import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { anonymousEvent, sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

const withGroups = { company: 'acme' };

describe('the verdict on groups', () => {
  it.each<[name: string, event: AnalyticsEvent, level: string, title: string, items: string[] | undefined]>([
    ['none', sampleEvent(), 'note', 'No groups', undefined],
    ["a user's", sampleEvent({ groups: withGroups }), 'good', 'Groups are kept', ['company: acme']],
    [
      'those of a personless event',
      anonymousEvent('s1', { groups: withGroups }),
      'bad',
      'Groups are lost',
      ['company: acme'],
    ],
    [
      'six types',
      sampleEvent({ groups: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' } }),
      'warn',
      'Too many group types',
      ['a: 1', 'b: 2', 'c: 3', 'd: 4', 'e: 5', 'f: 6'],
    ],
  ])('%s', (_name, event, level, title, items) => {
    const groups = verdictOn('groups', event);
    expect(groups).toMatchObject({ level, title });
    expect(groups.items).toEqual(items);
  });
});
