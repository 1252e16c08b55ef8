import { Agent, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AnalyticsService, type AnalyticsStats } from 'nestjs-agent-analytics';
import { randomNumbers } from '../support/random-numbers.js';
import { CallBook, people, type CallEnding, type Mistakes } from './call-book.js';
import { soakModule, someEnding } from './soak.app.js';
import { Work } from './work.js';

const SOCKETS = 64;
/** Calls before the heap is looked at first: caches fill, code is compiled. */
const WARM_UP = 10_000;

export interface SoakReport {
  readonly calls: number;
  readonly events: number;
  readonly ended: Readonly<Record<CallEnding, number>>;
  readonly mistakes: Mistakes;
  readonly stats: AnalyticsStats;
  /** After a forced garbage collection, MB. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  readonly seconds: number;
}

/** About so many calls for so many users, interleaved over keep-alive sockets, batch workers and left generators. */
export async function playSoak(calls: number, users: number, seed: number): Promise<SoakReport> {
  // The last turns may go beyond what was asked.
  const book = new CallBook(calls + 10_000, users);
  const app = await NestFactory.create(soakModule(book, seed), new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const random = randomNumbers(seed + 1);
  const converse = async (upTo: number): Promise<void> => {
    const talk = async (): Promise<void> => {
      while (book.calls < upTo) await ask(agent, port, book, users, random);
    };
    await Promise.all(Array.from({ length: SOCKETS }, talk));
    await app.get(Work).settled();
    await app.get(AnalyticsService).flush();
  };

  await converse(Math.min(WARM_UP, calls / 2));
  const heapBefore = await heapUsed();
  const started = performance.now();
  await converse(calls);
  const seconds = (performance.now() - started) / 1000;
  const heapAfter = await heapUsed();
  const stats = app.get(AnalyticsService).stats();
  agent.destroy();
  await app.close();
  return {
    calls: book.calls,
    events: book.events,
    ended: book.ended,
    mistakes: book.mistakes(),
    stats,
    heapBefore,
    heapAfter,
    seconds,
  };
}

/** One message of some conversation, over whichever socket is free. */
function ask(
  agent: Agent,
  port: number,
  book: CallBook,
  users: number,
  random: (below: number) => number,
): Promise<void> {
  // Five conversations a user.
  const conversation = random(users * 5);
  const ending = someEnding(random);
  const id = book.message(conversation, ending);
  // Only a stream's reader can leave in its middle.
  const route = ending === 'aborted' || random(4) === 0 ? 'streamed' : 'whole';
  const path = `/chat/${people.session(conversation)}/${route}?id=${id}&ending=${ending}`;
  const headers = { authorization: people.user(conversation, users) };
  return new Promise((resolve, reject) => {
    const asked = get({ agent, port, host: '127.0.0.1', path, headers }, (response) => {
      response.on('data', (chunk: Buffer) => {
        if (ending === 'aborted' && chunk.includes('more')) response.destroy();
      });
      response.on('error', () => undefined);
      response.on('close', resolve);
    });
    asked.on('error', reject);
  });
}

async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What waits for a finaliser or a turn of the event loop goes with the second or third.
  for (let round = 0; round < 4; round++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed / 1e6;
}
