import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventFeed } from '../../src/inbox/event-feed.js';
import { EventStore } from '../../src/inbox/event-store.js';
import { EventView } from '../../src/inbox/event-view.js';
import type { FeedChange } from '../../src/inbox/inbox-api.js';
import { InboxTap } from '../../src/inbox/inbox-tap.js';
import { FakeClock } from '../support/fake-clock.js';
import { FeedReader } from './feed-reader.js';
import { sampleEvent } from './sample-events.js';

describe('EventFeed', () => {
  let clock: FakeClock;
  let store: EventStore;
  let feed: EventFeed;
  let server: Server;
  let readers: FeedReader[];
  let sockets: Socket[];

  const start = async (maxEvents: number): Promise<void> => {
    clock = new FakeClock();
    store = new EventStore(maxEvents, 1e9);
    feed = new EventFeed(new EventView(store, new InboxTap(store, clock)), clock);
    server = createServer((request, response) => {
      feed.open(response, new URL(request.url ?? '', 'http://localhost').searchParams.get('after') ?? undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
    readers = [];
    sockets = [];
  };
  const port = (): number => (server.address() as AddressInfo).port;
  const read = async (after = ''): Promise<FeedReader> => {
    const reader = await FeedReader.open(`http://localhost:${port()}/?after=${after}`);
    readers.push(reader);
    return reader;
  };

  beforeEach(() => start(1_000));
  afterEach(async () => {
    for (const reader of readers) reader.close();
    for (const socket of sockets) socket.destroy();
    feed.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends what is there, then what comes, gathered', async () => {
    store.add(sampleEvent());
    const reader = await read();
    expect((await reader.next()).rows.map(({ seq }) => seq)).toEqual([1]);
    for (let count = 0; count < 3; count++) store.add(sampleEvent());
    clock.advance(50);
    expect((await reader.next()).rows.map(({ seq }) => seq)).toEqual([2, 3, 4]);
  });

  it('sends what becomes of a row that was sent', async () => {
    const event = store.add(sampleEvent());
    const reader = await read();
    await reader.next();
    store.settle(event, 'dropped', 'queue_full', null);
    clock.advance(50);
    expect(await reader.next()).toMatchObject({ rows: [], states: [[1, 'dropped', 'queue_full']] });
  });

  it('goes on after a break without a gap or a double', async () => {
    for (let count = 0; count < 10; count++) store.add(sampleEvent());
    const reader = await read();
    await reader.next();
    reader.close();
    for (let count = 0; count < 10; count++) store.add(sampleEvent());
    const again = await read(reader.lastId);
    expect((await again.next()).rows.map(({ seq }) => seq)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  it("begins at the beginning for a reader of another run's stream", async () => {
    store.add(sampleEvent());
    const reader = await read('another.17');
    expect((await reader.next()).rows.map(({ seq }) => seq)).toEqual([1]);
  });

  it.each(['', 'x', 'x.y', `.5`, '1e999.1'])('takes %j as the beginning', async (after) => {
    store.add(sampleEvent());
    expect((await (await read(after)).next()).rows).toHaveLength(1);
  });

  it('tells a late reader that events came and went', async () => {
    await new Promise((resolve) => server.close(resolve));
    await start(5);
    store.add(sampleEvent());
    const reader = await read();
    await reader.next();
    reader.close();
    for (let count = 0; count < 20; count++) store.add(sampleEvent());
    const change: FeedChange = await (await read(reader.lastId)).next();
    expect(change.rows.map(({ seq }) => seq)).toEqual([17, 18, 19, 20, 21]);
    expect(change).toMatchObject({ hasGap: true, oldest: 17 });
  });

  it('cuts a client that does not read, and buffers nothing for it', async () => {
    const socket = connect(port(), 'localhost');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET /?after= HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await until(() => feed.size === 1);

    let written = 0;
    for (let round = 0; round < 400; round++) {
      for (let count = 0; count < 100; count++) store.add(sampleEvent({ event: 'e'.repeat(200) }));
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
      written = Math.max(written, ...[...bufferedBy(feed)]);
    }
    // At most one message of 500 rows waits beyond what the system's own buffers hold.
    expect(written).toBeLessThan(1_000_000);
    expect(feed.size).toBe(0);
    expect(clock.monotonic()).toBeGreaterThan(10_000);
  });

  it('keeps one that reads, for as long as it does', async () => {
    const reader = await read();
    await reader.next();
    for (let round = 0; round < 300; round++) {
      store.add(sampleEvent());
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(feed.size).toBe(1);
  });

  it('turns more than 32 away', async () => {
    for (let count = 0; count < 32; count++) await read();
    expect(feed.isFull).toBe(true);
    readers[0]?.close();
    await until(() => !feed.isFull);
  });

  it('asks nothing of the clock while nobody listens', () => {
    store.add(sampleEvent());
    expect(clock.pendingTimers).toBe(0);
  });
});

function bufferedBy(feed: EventFeed): number[] {
  const { clients } = feed as unknown as { clients: Set<{ response: { writableLength: number } }> };
  return [...clients].map(({ response }) => response.writableLength);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
