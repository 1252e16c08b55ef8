import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

describe('the verdict on properties', () => {
  it.each<[name: string, properties: AnalyticsEvent['properties'], level: string, items: string[] | undefined]>([
    ['as passed', { plan: 'pro', deep: { list: [1, 'two'] } }, 'good', undefined],
    ['cut', { notes: 'aaa[Truncated: 1200000 bytes]' }, 'warn', ['notes: cut']],
    ['left out', { '[Truncated]': '4000 properties left out' }, 'warn', ['[Truncated]: cut']],
    ['too deep', { deep: { list: [{ end: '[Truncated]' }] } }, 'warn', ['deep.list[0].end: cut']],
    ['circular', { self: { again: '[Circular]' } }, 'warn', ['self.again: could not be read']],
    ['threw', { bad: '[Threw]' }, 'warn', ['bad: could not be read']],
    ['masked', { error_message: 'no user [email]' }, 'note', ['error_message: masked']],
  ])('%s', (_name, properties, level, items) => {
    const verdict = verdictOn('properties', sampleEvent({ properties }));
    expect(verdict.level).toBe(level);
    expect(verdict.items).toEqual(items);
  });
});
