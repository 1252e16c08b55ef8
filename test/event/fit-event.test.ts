import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent, JsonObject } from '../../src/event/analytics-event.js';
import { eventJson, fitEvent } from '../../src/event/fit-event.js';

const eventOf = (properties: JsonObject, event = 'copilot_tool_called'): AnalyticsEvent => ({
  uuid: '0190e0a0-1111-7000-8000-000000000000',
  event,
  distinctId: 'user_1',
  timestamp: '2026-01-01T00:00:00.000Z',
  properties,
  groups: {},
});
const kilobytes = (count: number, character = 'x') => character.repeat(count * 1_000);

describe('fitEvent', () => {
  it('leaves an event of up to 990,000 bytes as it is', () => {
    const empty = Buffer.byteLength(eventJson(eventOf({ big: '' })));
    const event = eventOf({ big: 'x'.repeat(990_000 - empty) });
    expect(fitEvent(event)).toStrictEqual({ event, json: eventJson(event), bytes: 990_000, lane: 'batch' });
  });

  it('cuts the largest property with a marker, and only as many as must be', () => {
    const given = { tool_name: 'find', huge: kilobytes(900), large: kilobytes(200), list: [1, 2] };
    const fitted = fitEvent(eventOf(given));
    const { huge, ...rest } = fitted?.event.properties ?? {};
    expect(huge).toBe(`${kilobytes(1)}[Truncated: 900002 bytes]`);
    expect(rest).toStrictEqual({ tool_name: 'find', large: given.large, list: [1, 2] });
    expect(JSON.parse(fitted?.json ?? '')).toMatchObject({ event: 'copilot_tool_called', properties: { huge } });
    expect(fitted?.bytes).toBe(Buffer.byteLength(fitted?.json ?? ''));
  });

  it('measures in bytes, not in characters', () => {
    const fitted = fitEvent(eventOf({ wide: kilobytes(500, '→') }));
    expect(fitted?.bytes).toBeLessThan(990_000);
    expect(fitted?.event.properties.wide).toContain('[Truncated: 1500002 bytes]');
  });

  it('puts a marker in the place of an object or list', () => {
    const fitted = fitEvent(eventOf({ rows: new Array<string>(1_000).fill(kilobytes(1)) }));
    expect(fitted?.event.properties.rows).toBe('[Truncated: 1003001 bytes]');
  });

  it('never splits a character in two', () => {
    const fitted = fitEvent(eventOf({ text: `x${kilobytes(600, '👍')}` }));
    expect(fitted?.json.isWellFormed()).toBe(true);
    expect(fitted?.json).not.toContain('\\ud');
  });

  it('does not touch the event that it was given', () => {
    const event = eventOf({ huge: kilobytes(1_000) });
    fitEvent(event);
    expect(event.properties.huge).toHaveLength(1_000_000);
  });

  it.each(['session_id', 'graph_name', 'schedule_name', 'tool_call_id', 'cron', 'environment', '$groups'])(
    'gives up rather than cut %s',
    (property) => {
      expect(fitEvent(eventOf({ [property]: kilobytes(1_000), small: 'x' }))).toBeUndefined();
    },
  );

  it('leaves out properties, counted, where thousands of small ones make the size', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30_000 }, (_, index) => [`property_${index}_${'x'.repeat(40)}`, 1]),
    );
    const fitted = fitEvent(eventOf({ ...many, tool_name: 'find' }));
    expect(fitted?.bytes).toBeLessThanOrEqual(990_000);
    expect(fitted?.bytes).toBeGreaterThan(900_000);
    expect(fitted?.event.properties['[Truncated]']).toMatch(/^\d+ properties left out$/);
    expect(fitted?.event.properties.tool_name).toBe('find');
  });

  it('leaves out a property whose name alone is too large', () => {
    const fitted = fitEvent(eventOf({ [kilobytes(1_000)]: 1, a: 2 }));
    expect(fitted?.event.properties).toStrictEqual({ a: 2, '[Truncated]': '1 properties left out' });
  });

  it('gives up on a name or person of megabytes', () => {
    expect(fitEvent(eventOf({}, kilobytes(1_000)))).toBeUndefined();
  });

  it('sends a large AI event whole through the AI lane, a small one with the others', () => {
    const large = eventOf({ $ai_input: kilobytes(2_000) }, '$ai_generation');
    expect(fitEvent(large)).toMatchObject({ lane: 'ai', event: { properties: large.properties } });
    expect(fitEvent(eventOf({ $ai_input: 'x' }, '$ai_generation'))?.lane).toBe('batch');
  });

  it('cuts an AI event to 8 MiB', () => {
    const fitted = fitEvent(eventOf({ $ai_input: kilobytes(9_000), $ai_output: kilobytes(2_000) }, '$ai_generation'));
    expect(fitted?.lane).toBe('ai');
    expect(fitted?.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(fitted?.event.properties.$ai_output).toHaveLength(2_000_000);
  });
});
