import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../src/event/analytics-event.js';
import type { DropReason } from '../../src/delivery/delivery.js';
import { auditedPipeline, plainRecord } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

describe('Pipeline', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  it('delivers what is recorded, in order, in batches of at most 100', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    record(250);
    expect(pipeline.stats()).toMatchObject({ accepted: 250, pending: { total: 250, recorded: 250 } });
    expect(await pipeline.flush()).toEqual({ delivered: 250, pending: 0 });
    const sizes = server.requests.map((request) => (request.json as { batch: unknown[] }).batch.length);
    expect(sizes.toSorted((a, b) => a - b)).toEqual([50, 100, 100]);
    expect(new Set(server.events.map((event) => event.event)).size).toBe(250);
    expect(pipeline.stats()).toMatchObject({ delivered: 250, pending: { total: 0 }, state: 'idle', retries: 0 });
  });

  it('flushes likewise where it is given null for options', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    for (const options of [null, { timeoutMs: null }] as unknown as { timeoutMs?: number }[]) {
      record(2);
      expect(await pipeline.flush(options)).toEqual({ delivered: 2, pending: 0 });
    }
  });

  it('sends a full batch at once and less than that after the flush interval', async () => {
    const clock = new FakeClock();
    const { pipeline, record, quiet } = auditedPipeline({ server, clock, flushIntervalMs: 1_000 });
    record(130);
    clock.advance(10);
    await server.waitFor(100);
    expect(pipeline.stats().pending).toMatchObject({ recorded: 0, stored: 30 });
    clock.advance(999);
    expect(pipeline.stats().pending.stored).toBe(30);
    clock.advance(1);
    await server.waitFor(130);
    await quiet();
    // What comes after that waits for its own batch.
    record(1);
    clock.advance(1_000);
    expect(pipeline.stats().pending).toMatchObject({ stored: 1, inFlight: 0 });
    clock.advance(10);
    await server.waitFor(131);
  });

  it('sends what waits when the oldest of it has waited for the flush interval, by one timer', async () => {
    const clock = new FakeClock();
    const { pipeline, record } = auditedPipeline({ server, clock, flushIntervalMs: 1_000 });
    for (let i = 0; i < 10; i++) {
      record(1);
      clock.advance(100);
      expect(clock.pendingTimers).toBe(1);
    }
    expect(pipeline.stats().pending).toMatchObject({ stored: 10, inFlight: 0 });
    clock.advance(10);
    await server.waitFor(10);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps batches below a megabyte', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    record(5, { text: 'x'.repeat(400_000) });
    expect(await pipeline.flush()).toMatchObject({ delivered: 5 });
    expect(server.requests).toHaveLength(3);
  });

  it('sends what is too large for the batch endpoint to the AI endpoint', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    pipeline.record(plainRecord('$ai_generation', Date.now(), { $ai_input: 'x'.repeat(2_000_000) }));
    record(1);
    expect(await pipeline.flush()).toEqual({ delivered: 2, pending: 0 });
    expect(server.events.map((event) => event.path).toSorted()).toEqual(['/batch/', '/i/v0/ai/batch/']);
  });

  it('refuses the newest beyond maxPending, says so once, and once when there is room again', async () => {
    const clock = new FakeClock();
    const { pipeline, record, spoken } = auditedPipeline({ server, clock, maxPending: 10 });
    record(25);
    expect(pipeline.stats()).toMatchObject({ accepted: 10, refused: { buffer_full: 15 } });
    expect(spoken.codes).toEqual(['NAA307']);
    await pipeline.flush();
    expect(server.events.map((event) => event.event)).toContain('event_10');
    expect(server.events).toHaveLength(10);
    expect(spoken.codes).toEqual(['NAA307', 'NAA308']);
    record(11);
    expect(pipeline.stats().accepted).toBe(20);
    expect(spoken.codes).toEqual(['NAA307', 'NAA308', 'NAA307']);
  });

  it('refuses the newest beyond maxPendingBytes, also while events wait in the store', () => {
    const { pipeline, record } = auditedPipeline({ server, maxPendingBytes: 10_000 });
    record(4, { text: 'x'.repeat(3_000) });
    expect(pipeline.stats()).toMatchObject({ accepted: 2, refused: { buffer_full: 2 } });
    pipeline.drain();
    record(1, { text: 'x'.repeat(3_000) });
    expect(pipeline.stats()).toMatchObject({ accepted: 2, pending: { recorded: 0 } });
  });

  it('keeps its bound when events turn out larger than estimated, and tells what it drops', () => {
    const dropped: string[] = [];
    const { pipeline, spoken } = auditedPipeline({
      server,
      maxPendingBytes: 10_000,
      prepare: (record) => {
        const event = { uuid: 'u', event: record.event, distinctId: 'd', timestamp: '', properties: {}, groups: {} };
        const json = JSON.stringify({ ...event, distinct_id: 'd', properties: { text: 'x'.repeat(6_000) } });
        return { event, json, bytes: json.length, lane: 'batch', source: undefined };
      },
      onDrop: (event, reason) => dropped.push(`${event.event} ${reason}`),
    });
    pipeline.record(plainRecord('first'));
    pipeline.record(plainRecord('second'));
    pipeline.drain();
    expect(dropped).toEqual(['second queue_full']);
    expect(pipeline.stats()).toMatchObject({ accepted: 2, dropped: { queue_full: 1 }, pending: { total: 1 } });
    expect(spoken.codes).toEqual(['NAA309']);
  });

  it('takes 50,000 events in one tick and delivers them all', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    record(50_000);
    expect(await pipeline.flush({ timeoutMs: 30_000 })).toEqual({ delivered: 50_000, pending: 0 });
    expect(server.distinct()).toHaveLength(50_000);
  });

  it('gives each event once to each tap, when it is prepared', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    const seen: AnalyticsEvent[] = [];
    const untap = pipeline.tap({ write: (events) => void seen.push(...events) });
    record(3);
    pipeline.drain();
    expect(seen.map((event) => event.event)).toEqual(['event_1', 'event_2', 'event_3']);
    await pipeline.flush();
    untap();
    record(1);
    pipeline.drain();
    expect(seen).toHaveLength(3);
    await pipeline.flush();
    expect(server.events.map((event) => event.uuid).slice(0, 3)).toEqual(seen.map((event) => event.uuid));
  });

  it('delivers whatever a tap does, and says once what it did', async () => {
    class Broken {
      write(): void {
        throw new TypeError('broken');
      }
    }
    class Rejecting {
      write(): Promise<void> {
        return Promise.reject(new RangeError('broken'));
      }
    }
    const { pipeline, record, spoken } = auditedPipeline({ server });
    pipeline.tap(new Broken());
    pipeline.tap(new Rejecting());
    for (let i = 0; i < 3; i++) {
      record(1);
      pipeline.drain();
    }
    expect(await pipeline.flush()).toMatchObject({ delivered: 3 });
    expect(spoken.codes).toEqual(['NAA311', 'NAA311']);
    expect(spoken.text).toContain('Broken threw or rejected (TypeError)');
    expect(spoken.text).toContain('Rejecting threw or rejected (RangeError)');
  });

  it('leaves out a tap that does not keep up', async () => {
    const { pipeline, record, spoken } = auditedPipeline({ server });
    let writes = 0;
    pipeline.tap({
      write: () => {
        writes++;
        return new Promise(() => undefined);
      },
    });
    for (let i = 0; i < 100; i++) {
      record(1);
      pipeline.drain();
    }
    expect(writes).toBe(64);
    expect(spoken.codes).toEqual(['NAA312']);
    expect(await pipeline.flush()).toMatchObject({ pending: 0 });
  });

  it('counts events as delivered when the taps were given them, where nobody owns delivery', async () => {
    const { pipeline, record } = auditedPipeline();
    const seen: AnalyticsEvent[] = [];
    pipeline.tap({ write: (events) => void seen.push(...events) });
    record(3);
    expect(await pipeline.flush()).toEqual({ delivered: 3, pending: 0 });
    expect(seen).toHaveLength(3);
    expect(pipeline.stats()).toMatchObject({ accepted: 3, delivered: 3, pending: { total: 0 } });
  });

  it('calls beforeSend and taps outside of the request that captured, also when that drains or flushes', async () => {
    const storage = new AsyncLocalStorage<string>();
    const stores: (string | undefined)[] = [];
    const { pipeline } = auditedPipeline({
      server,
      prepare: () => {
        stores.push(storage.getStore());
        return 'before_send';
      },
      onDrop: () => stores.push(storage.getStore()),
    });
    pipeline.tap({ write: () => void stores.push(storage.getStore()) });
    await storage.run('request', async () => {
      pipeline.record(plainRecord('by the timer'));
      await new Promise((later) => setTimeout(later, 30));
      pipeline.record(plainRecord('by drain()'));
      pipeline.drain();
      pipeline.record(plainRecord('by flush()'));
      await pipeline.flush();
    });
    expect(stores).toHaveLength(6);
    expect(stores.every((store) => store === undefined)).toBe(true);
  });

  it('opens its connections outside of the request that flushes', async () => {
    const storage = new AsyncLocalStorage<string>();
    const stores: (string | undefined)[] = [];
    const { pipeline, record } = auditedPipeline({
      sender: {
        destination: () => 'http://posthog.test/',
        close: () => undefined,
        send: () => {
          stores.push(storage.getStore());
          return Promise.resolve({ kind: 'accepted' });
        },
      },
    });
    record(150);
    await storage.run('request', () => pipeline.flush());
    expect(stores).toEqual([undefined, undefined]);
  });

  it('tells onDrop of each event that prepare drops, once, with the reason', async () => {
    const dropped: [string, DropReason][] = [];
    const { pipeline, record } = auditedPipeline({
      server,
      onDrop: (event, reason) => dropped.push([event.event, reason]),
    });
    record(1);
    pipeline.record(plainRecord(''));
    record(1);
    expect(await pipeline.flush()).toEqual({ delivered: 2, pending: 0 });
    expect(dropped).toEqual([['', 'empty_name']]);
    expect(pipeline.stats()).toMatchObject({ accepted: 3, delivered: 2, dropped: { empty_name: 1 } });
  });

  it('drops an event whose preparation throws, and goes on', async () => {
    const { pipeline } = auditedPipeline({
      prepare: ({ event }) => {
        if (event === 'bad') throw new RangeError('bad');
        return 'before_send';
      },
    });
    pipeline.record(plainRecord('bad'));
    pipeline.record(plainRecord('good'));
    await pipeline.flush();
    expect(pipeline.stats().dropped).toEqual({ unserialisable: 1, before_send: 1 });
  });

  it('survives an onDrop that throws or rejects, and says it once', async () => {
    const { pipeline, spoken } = auditedPipeline({
      onDrop: (event) => {
        if (event.properties.sync) throw new TypeError('no');
        return Promise.reject(new TypeError('no')) as never;
      },
    });
    pipeline.record(plainRecord('', 0, { sync: true }));
    pipeline.record(plainRecord('', 0));
    await pipeline.flush();
    expect(spoken.codes).toEqual(['NAA208', 'NAA313']);
    expect(pipeline.stats().dropped).toEqual({ empty_name: 2 });
  });

  it('counts what others refused', () => {
    const { pipeline } = auditedPipeline({ server });
    pipeline.refuse('sampled');
    pipeline.refuse('sampled');
    pipeline.refuse('no_consent');
    expect(pipeline.stats()).toMatchObject({ accepted: 0, refused: { sampled: 2, no_consent: 1 } });
  });

  it('keeps recording while a tap records: what it adds comes in the next slice', async () => {
    const { pipeline, record } = auditedPipeline({ server });
    pipeline.tap({
      write: (events) => {
        if (events.some(({ event }) => event === 'event_1')) pipeline.record(plainRecord('echo'));
      },
    });
    record(1);
    pipeline.drain();
    expect(pipeline.stats().pending).toMatchObject({ recorded: 1, stored: 1 });
    expect(await pipeline.flush()).toEqual({ delivered: 2, pending: 0 });
  });

  it('says how old the oldest pending event is', async () => {
    const clock = new FakeClock();
    server.fault(faults.hang);
    const { pipeline, record } = auditedPipeline({ server, clock });
    expect(pipeline.stats()).toMatchObject({ oldestPendingMs: 0, oldestUnstoredMs: 0 });
    record(1);
    clock.advance(5);
    expect(pipeline.stats()).toMatchObject({ oldestPendingMs: 5, oldestUnstoredMs: 5 });
    clock.advance(2_000);
    expect(pipeline.stats()).toMatchObject({ oldestPendingMs: 2_005, oldestUnstoredMs: 0, pending: { inFlight: 1 } });
  });

  describe('flush', () => {
    it('answers at once where nothing is pending', async () => {
      const { pipeline } = auditedPipeline({ server });
      expect(await pipeline.flush()).toEqual({ delivered: 0, pending: 0 });
      expect(server.requests).toHaveLength(0);
    });

    it('waits for what was accepted before it, and for nothing else', async () => {
      const { pipeline, record } = auditedPipeline({ server });
      server.fault(({ events }) => (events.includes('event_2') ? faults.hang : undefined));
      record(1);
      const flushed = pipeline.flush();
      record(1);
      expect(await flushed).toEqual({ delivered: 1, pending: 0 });
      expect(pipeline.stats().pending.total).toBe(1);
    });

    it('gives up at its deadline and says what remains', async () => {
      const clock = new FakeClock();
      const { pipeline, record } = auditedPipeline({ server, clock });
      server.fault(faults.hang);
      record(3);
      const flushed = pipeline.flush({ timeoutMs: 500 });
      await server.waitForRequests(1);
      clock.advance(500);
      expect(await flushed).toEqual({ delivered: 0, pending: 3 });
    });

    it('answers at once in backoff, and as soon as it comes to that', async () => {
      const { pipeline, record } = auditedPipeline({ server });
      server.fault(faults.status(503));
      record(3);
      expect(await pipeline.flush({ timeoutMs: 60_000 })).toEqual({ delivered: 0, pending: 3 });
      expect(pipeline.stats().state).toBe('backoff');
      record(1);
      expect(await pipeline.flush({ timeoutMs: 60_000 })).toEqual({ delivered: 0, pending: 4 });
      expect(server.requests).toHaveLength(1);
    });

    it('serves several at a time', async () => {
      const { pipeline, record } = auditedPipeline({ server });
      record(10);
      const first = pipeline.flush();
      record(10);
      const second = pipeline.flush();
      expect(await first).toMatchObject({ pending: 0 });
      expect(await second).toMatchObject({ pending: 0 });
      expect(server.events).toHaveLength(20);
    });
  });
});
