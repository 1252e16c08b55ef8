import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventRecord } from '../../src/delivery/event-record.js';
import type { PreparedEvent } from '../../src/delivery/prepare-event.js';
import { auditedPipeline, plainRecord } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

/** By PostHog's own rules, each of these alone would cost all 100 events of its batch. */
describe('One poisoned event among 99', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  let deep: unknown = 'bottom';
  for (let level = 0; level < 200; level++) deep = { deep };

  const hostile = (properties: object): EventRecord => ({ ...plainRecord('poison'), properties: properties as never });

  it.each<[string, EventRecord, 'mended' | 'dropped']>([
    ['a blank distinct_id', { ...plainRecord('poison'), distinctId: '  ' }, 'mended'],
    ['an empty name', plainRecord(''), 'dropped'],
    ['a malformed uuid', { ...plainRecord('poison'), uuid: 'x' }, 'mended'],
    ['an invalid time', plainRecord('poison', NaN), 'mended'],
    ['a circle', hostile({ circle }), 'dropped'],
    ['a 2 MB property', hostile({ text: 'x'.repeat(2_000_000) }), 'mended'],
    ['a BigInt', hostile({ big: 10n }), 'dropped'],
    ['a lone surrogate', hostile({ text: '\ud800' }), 'mended'],
    ['a lone surrogate in the name', plainRecord('poison\ud800'), 'mended'],
  ])('with %s: 99 arrive, and it is accounted for', async (_, poison, fate) => {
    const { pipeline, record } = auditedPipeline({ server });
    record(50);
    pipeline.record(poison);
    record(49);
    const arrived = fate === 'mended' ? 100 : 99;
    expect(await pipeline.flush()).toEqual({ delivered: arrived, pending: 0 });
    expect(server.distinct()).toHaveLength(arrived);
    const { accepted, delivered, dropped } = pipeline.stats();
    const drops = Object.values(dropped).reduce((sum, number) => sum + number, 0);
    expect({ accepted, delivered, drops }).toEqual({ accepted: 100, delivered: arrived, drops: 100 - arrived });
  });

  /** A `prepare` that lets the event of this name through with whatever is wrong about it. */
  const unmended =
    (poison: object) =>
    ({ event, time }: EventRecord): PreparedEvent => {
      const good = { event, distinct_id: 'u1', timestamp: new Date(time).toISOString(), properties: {} };
      const json = JSON.stringify({ ...good, ...(event === 'poison' && poison) });
      const prepared = { uuid: '', event, distinctId: 'u1', timestamp: good.timestamp, properties: {}, groups: {} };
      return { event: prepared, json, bytes: json.length, lane: 'batch', source: undefined };
    };

  it.each([
    ['a blank distinct_id', { distinct_id: ' ' }],
    ['an empty name', { event: '' }],
    ['a malformed uuid', { uuid: 'x' }],
    ['null properties', { properties: null }],
    ['a number for a time', { timestamp: 5 }],
    ['a lone surrogate', { properties: { text: '\ud800' } }],
    ['nesting of 128', { properties: { deep } }],
  ])('that nothing mended, with %s: PostHog refuses it, 99 arrive, it is dead', async (_, poison) => {
    const dead: string[] = [];
    const onDrop = (_event: unknown, reason: string) => void dead.push(reason);
    const { pipeline } = auditedPipeline({ server, onDrop, prepare: unmended(poison) });
    for (let i = 0; i < 100; i++) pipeline.record(plainRecord(i === 42 ? 'poison' : `event_${i}`));
    expect(await pipeline.flush()).toEqual({ delivered: 99, pending: 0 });
    expect(pipeline.stats()).toMatchObject({ accepted: 100, delivered: 99, dead: 1 });
    expect(dead).toEqual(['rejected']);
    expect(new Set(server.events.map((event) => event.event)).size).toBe(99);
  });

  it('that was too large for a batch of its own: it is dead as soon as the endpoint accepts another', async () => {
    const clock = new FakeClock();
    const prepare = unmended({ properties: { text: 'x'.repeat(1_000_000) } });
    const { pipeline, record, quiet } = auditedPipeline({ server, clock, prepare, random: () => 0 });
    pipeline.record(plainRecord('poison', clock.now()));
    expect(await pipeline.flush()).toEqual({ delivered: 0, pending: 1 });
    record(99);
    await pipeline.flush();
    clock.advance(1_000);
    await server.waitFor(99);
    await quiet();
    expect(pipeline.stats()).toMatchObject({ accepted: 100, delivered: 99, dead: 1, pending: { total: 0 } });
  });
});
