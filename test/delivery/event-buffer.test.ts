import { describe, expect, it } from 'vitest';
import { estimateBytes, EventBuffer } from '../../src/delivery/event-buffer.js';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { createPreparer, type PreparedEvent } from '../../src/delivery/prepare-event.js';
import { plainRecord } from '../support/audited-pipeline.js';
import { Spoken } from '../support/spoken.js';

describe('EventBuffer', () => {
  it('gives records back in their order and keeps count of them and their bytes', () => {
    const buffer = new EventBuffer();
    // Past the point from which the queue lets go of its front.
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5_000; i++) buffer.push(plainRecord(`event_${i}`), i);
      expect(buffer).toMatchObject({ size: 5_000, bytes: 12_497_500 });
      for (let i = 0; i < 5_000; i++) expect(buffer.shift()?.event).toBe(`event_${i}`);
      expect(buffer).toMatchObject({ size: 0, bytes: 0, taken: (round + 1) * 5_000 });
    }
    expect(buffer.shift()).toBeUndefined();
  });

  it('lets go of what was taken', () => {
    const buffer = new EventBuffer();
    for (let i = 0; i < 100_000; i++) {
      buffer.push(plainRecord('e'), 1);
      if (i >= 10) buffer.shift();
    }
    expect(buffer.size).toBe(10);
    expect(JSON.stringify(buffer).length).toBeLessThan(1_000_000);
  });
});

describe('estimateBytes', () => {
  const settings = { environment: 'production', source: 'chat_copilot', eventPrefix: 'copilot_', captureNames: true };
  const prepare = createPreparer({ ...settings, anonymousEvents: 'personless', checkCatalog: false }, new Spoken()) as (
    record: EventRecord,
  ) => PreparedEvent;

  it.each<[string, Partial<EventRecord>]>([
    ['a bare event', {}],
    [
      'an event of a chat',
      { context: { userId: 'u1', sessionId: 'conversation-1' }, measured: { outcome: 'success' } },
    ],
    ['long text', { properties: { text: 'x'.repeat(50_000) } }],
    ['a deep object', { properties: { a: { b: [1, 2, { c: 'x'.repeat(5_000), d: [true, null] }] } } }],
    ['properties of the context', { context: { properties: { page: 'x'.repeat(2_000) } } }],
  ])('is near the bytes of %s', (_, more) => {
    const record: EventRecord = { event: 'copilot_tool_called', time: 0, properties: {}, context: {}, ...more };
    const { bytes } = prepare(record);
    expect(estimateBytes(record)).toBeGreaterThan(bytes * 0.7);
    expect(estimateBytes(record)).toBeLessThan(bytes * 1.8);
  });

  it('never throws, whatever a context holds', () => {
    const hostile = {
      get threw(): never {
        throw new Error('no');
      },
    };
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const record = (properties: object): EventRecord => ({
      event: 'e',
      time: 0,
      properties: {},
      context: { properties: properties as never },
    });
    expect(estimateBytes(record(hostile))).toBe(500);
    expect(estimateBytes(record(circle))).toBeLessThan(1_000);
    expect(estimateBytes({ ...record({}), properties: circle as never })).toBe(500);
  });
});
