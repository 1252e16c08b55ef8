import { lanes, type BatchLimit, type EventStore, type Lane, type StoredEvent } from './event-store.js';
import { Fifo } from './fifo.js';

class LaneQueue {
  readonly events = new Fifo<StoredEvent>();
  bytes = 0;
}

/**
 * The store of `memory` delivery. Holds at most so many events and bytes, taken ones included; when it is full the
 * newest are dropped, because those that wait longest are nearest to being sent. What it buries is gone.
 */
export class MemoryStore implements EventStore {
  private readonly queues: Readonly<Record<Lane, LaneQueue>> = { batch: new LaneQueue(), ai: new LaneQueue() };
  readonly mostRecorded = Infinity;
  eventsInMemory = 0;
  bytesInMemory = 0;

  constructor(private readonly limit: BatchLimit) {}

  append(events: readonly StoredEvent[]): readonly StoredEvent[] {
    let dropped: StoredEvent[] | undefined;
    for (const event of events) {
      if (this.eventsInMemory >= this.limit.events || this.bytesInMemory + event.bytes > this.limit.bytes) {
        (dropped ??= []).push(event);
        continue;
      }
      const queue = this.queues[event.lane];
      queue.events.push(event);
      queue.bytes += event.bytes;
      this.eventsInMemory++;
      this.bytesInMemory += event.bytes;
    }
    return dropped ?? [];
  }

  take(lane: Lane, limit: BatchLimit): readonly StoredEvent[] {
    const queue = this.queues[lane];
    const taken: StoredEvent[] = [];
    let bytes = 0;
    for (let next = queue.events.peek(); next !== undefined; next = queue.events.peek()) {
      if (taken.length >= limit.events || (taken.length > 0 && bytes + next.bytes > limit.bytes)) break;
      queue.events.shift();
      taken.push(next);
      bytes += next.bytes;
    }
    queue.bytes -= bytes;
    return taken;
  }

  settle(events: readonly StoredEvent[]): void {
    this.eventsInMemory -= events.length;
    for (const event of events) this.bytesInMemory -= event.bytes;
  }

  bury(events: readonly StoredEvent[]): void {
    this.settle(events);
  }

  waiting(lane: Lane): BatchLimit {
    const queue = this.queues[lane];
    return { events: queue.events.size, bytes: queue.bytes };
  }

  oldestWaiting(lane: Lane): number | undefined {
    return this.queues[lane].events.peek()?.acceptedAt;
  }

  close(taken: readonly StoredEvent[]): readonly StoredEvent[] {
    const waiting = lanes.flatMap((lane) => this.take(lane, { events: Infinity, bytes: Infinity }));
    const lost = [...taken, ...waiting];
    this.settle(lost);
    return lost;
  }
}
