import type { ServerResponse } from 'node:http';
import { systemClock, type Clock, type TimerHandle } from '../event/clock.js';
import type { EventView } from './event-view.js';

/** How long changes are gathered before they are sent, in milliseconds. */
const GATHER_MS = 50;
const HEARTBEAT_MS = 15_000;
/** A client that has read nothing for so long is cut, in milliseconds. */
const PATIENCE_MS = 10_000;
/** The most rows of one message. */
const MOST_ROWS = 500;
/** More clients than this are turned away. */
const MOST_CLIENTS = 32;

interface Client {
  readonly response: ServerResponse;
  version: number;
  /** Since when it has not read what was sent; `undefined` while it keeps up. */
  stuckSince: number | undefined;
}

/**
 * Sends what changes to all who listen, as server-sent events.
 *
 * No client has a buffer here: each has a place in the store and is told what follows it when it has read what came
 * before. One that falls behind the store's bound is told of the gap; one that stops reading is cut.
 */
export class EventFeed {
  private readonly clients = new Set<Client>();
  private gathering: TimerHandle | undefined;
  private heartbeat: TimerHandle | undefined;
  /** Whether the application leaves. */
  isClosed = false;
  private readonly stop: () => void;

  constructor(
    private readonly view: EventView,
    private readonly clock: Clock = systemClock,
  ) {
    this.stop = view.store.onChange(() => this.gather());
  }

  get size(): number {
    return this.clients.size;
  }

  get isFull(): boolean {
    return this.isClosed || this.clients.size >= MOST_CLIENTS;
  }

  /**
   * Goes on with the stream behind `after`, which is `<boot>.<version>` as a message's id says it. Anything else, and
   * a place in another run's stream, means from the beginning.
   */
  open(response: ServerResponse, after: string | undefined): void {
    const client: Client = { response, version: this.view.store.versionOf(after), stuckSince: undefined };
    this.clients.add(client);
    response.once('close', () => this.remove(client));
    response.on('error', () => this.remove(client));
    // Each message is small and should leave at once.
    response.socket?.setNoDelay(true);
    response.write('retry: 1000\n\n');
    this.send(client, true);
    this.heartbeat ??= this.clock.setTimer(() => this.beat(), HEARTBEAT_MS);
  }

  /** Ends all streams: the application leaves. */
  close(): void {
    this.isClosed = true;
    this.stop();
    this.gathering?.cancel();
    this.heartbeat?.cancel();
    for (const client of this.clients) client.response.end();
    this.clients.clear();
  }

  private gather(): void {
    if (this.clients.size === 0 || this.gathering !== undefined) return;
    this.gathering = this.clock.setTimer(() => {
      this.gathering = undefined;
      for (const client of this.clients) this.send(client);
    }, GATHER_MS);
  }

  private send(client: Client, isFirst = false): void {
    const { response } = client;
    let isBehind = isFirst || client.version < this.view.store.version;
    while (isBehind && !this.isStuck(client)) {
      const { change, version } = this.view.changeSince(client.version, MOST_ROWS);
      client.version = version;
      response.write(`id: ${change.boot}.${version}\ndata: ${JSON.stringify(change)}\n\n`);
      isBehind = version < this.view.store.version;
    }
  }

  /** Whether what was sent has not been read; then nothing more is sent until it has, and in the end it is cut. */
  private isStuck(client: Client): boolean {
    if (!needsDrain(client.response)) {
      client.stuckSince = undefined;
      return false;
    }
    if (client.stuckSince === undefined) {
      client.stuckSince = this.clock.monotonic();
      client.response.once('drain', () => {
        client.stuckSince = undefined;
        this.gather();
      });
    }
    if (this.clock.monotonic() - client.stuckSince >= PATIENCE_MS) this.cut(client);
    return true;
  }

  private beat(): void {
    for (const client of this.clients) if (!this.isStuck(client)) client.response.write(':\n\n');
    this.heartbeat = this.clients.size === 0 ? undefined : this.clock.setTimer(() => this.beat(), HEARTBEAT_MS);
  }

  private cut(client: Client): void {
    this.remove(client);
    client.response.destroy();
  }

  private remove(client: Client): void {
    this.clients.delete(client);
  }
}

/** An HTTP/2 response says it of its stream only. */
function needsDrain(response: ServerResponse & { stream?: { writableNeedDrain: boolean } }): boolean {
  return response.writableNeedDrain || response.stream?.writableNeedDrain === true;
}
