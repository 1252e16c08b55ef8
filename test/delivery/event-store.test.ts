import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BatchLimit, EventStore, Lane, StoredEvent } from '../../src/delivery/event-store.js';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

/** As unlike the memory as the port allows: it holds bytes only, makes new objects of them, and drops the oldest. */
class TapeStore implements EventStore {
  readonly eventsInMemory = 0;
  readonly bytesInMemory = 0;
  readonly mostRecorded = Infinity;
  readonly buried: string[] = [];
  private tape: string[] = [];
  private readonly taken = new Map<StoredEvent, string>();

  constructor(private readonly mostEvents: number) {}

  append(events: readonly StoredEvent[]): readonly StoredEvent[] {
    this.tape.push(...events.map((event) => JSON.stringify(event)));
    const room = this.mostEvents - this.taken.size;
    return this.tape.splice(0, Math.max(0, this.tape.length - room)).map((line) => JSON.parse(line) as StoredEvent);
  }

  take(lane: Lane, limit: BatchLimit): readonly StoredEvent[] {
    if (lane !== 'batch') return [];
    return this.tape.splice(0, limit.events).map((line) => {
      const event = JSON.parse(line) as StoredEvent;
      this.taken.set(event, line);
      return event;
    });
  }

  settle(events: readonly StoredEvent[]): void {
    for (const event of events) if (!this.taken.delete(event)) throw new Error('settled what was not taken');
  }

  bury(events: readonly StoredEvent[], reason: string): void {
    this.settle(events);
    this.buried.push(...events.map((event) => `${event.order} ${reason}`));
  }

  waiting(lane: Lane): BatchLimit {
    const events = lane === 'batch' ? this.tape.length : 0;
    return { events, bytes: events * 500 };
  }

  oldestWaiting(lane: Lane): number | undefined {
    return lane === 'batch' && this.tape[0] ? (JSON.parse(this.tape[0]) as StoredEvent).acceptedAt : undefined;
  }

  close(taken: readonly StoredEvent[]): readonly StoredEvent[] {
    this.settle(taken);
    return [...taken, ...this.tape.splice(0).map((line) => JSON.parse(line) as StoredEvent)];
  }

  get held(): number {
    return this.taken.size + this.tape.length;
  }
}

describe('The pipeline over a store that is not the memory', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  it('delivers what the store gives back, and settles each event once', async () => {
    const store = new TapeStore(10_000);
    const { pipeline, record } = auditedPipeline({ server, store });
    record(1_234);
    expect(await pipeline.flush()).toEqual({ delivered: 1_234, pending: 0 });
    expect(server.distinct()).toHaveLength(1_234);
    expect(store.held).toBe(0);
  });

  it('bounds only what is recorded by maxPending: what is stored, the store bounds', () => {
    const store = new TapeStore(10_000);
    const { pipeline, record } = auditedPipeline({ server, store, maxPending: 100 });
    record(150);
    pipeline.drain();
    record(150);
    expect(pipeline.stats()).toMatchObject({ accepted: 200, refused: { buffer_full: 100 } });
  });

  it('counts and tells the oldest that the store dropped for the newest', async () => {
    const clock = new FakeClock();
    const dropped: string[] = [];
    const { pipeline, record } = auditedPipeline({
      server,
      clock,
      store: new TapeStore(100),
      onDrop: ({ event }, reason) => dropped.push(`${event} ${reason}`),
    });
    server.fault(faults.status(503), 1);
    record(10);
    await pipeline.flush();
    record(93);
    pipeline.drain();
    expect(dropped).toEqual(['event_11 queue_full', 'event_12 queue_full', 'event_13 queue_full']);
    clock.advance(2_000);
    await server.waitFor(100);
    expect(await pipeline.flush()).toMatchObject({ pending: 0 });
    expect(pipeline.stats()).toMatchObject({ accepted: 103, delivered: 100, dropped: { queue_full: 3 } });
  });

  it('splits, and has the store bury the event that is refused', async () => {
    const store = new TapeStore(1_000);
    const { pipeline, record } = auditedPipeline({ server, store });
    server.fault(({ events }) => (events.includes('event_7') ? faults.status(400) : undefined));
    record(100);
    expect(await pipeline.flush()).toEqual({ delivered: 99, pending: 0 });
    expect(store.buried).toEqual(['7 HTTP 400']);
    expect(store.held).toBe(0);
  });

  it('takes everything out of the store at the end', async () => {
    const store = new TapeStore(1_000);
    const { pipeline, record } = auditedPipeline({ server, store });
    server.fault(faults.hang);
    record(500);
    void pipeline.flush();
    await server.waitForRequests(4);
    expect(pipeline.close()).toBe(500);
    expect(store.held).toBe(0);
  });
});
