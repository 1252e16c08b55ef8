import { ExpressAdapter } from '@nestjs/platform-express';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { beforeAll, describe, expect, it } from 'vitest';
import { cellName, cells, product, transports, type Cell, type Transport } from './cells.js';
import { absenceOf } from './absent-cells.js';
import { expectedChunks, expectedStory, hasStatus, isMessage, storyOf } from './expected.js';
import { byCommander } from './commander.transport.js';
import { overGraphql } from './graphql.transport.js';
import { byCommand, byCron, byEvent, byEventEmitter } from './in-process.transports.js';
import { byQueue } from './queue.transport.js';
import { hasRedis } from '../../support/redis-server.js';
import { count } from '../figures.js';
import { overHttp } from './http.transport.js';
import { playCells, type Played } from './play-cells.js';
import { overTcp } from './rpc.transport.js';
import type { StartTransport } from './transport.js';
import { overSocket, plainWs, socketIo } from './websocket.transport.js';

/** How often each cell is called: `npm run test:handlers` says more. */
const rounds = Number(process.env['HANDLER_ROUNDS'] ?? 1);
/** Some transports alone, by their names. */
const only = process.env['HANDLER_TRANSPORTS']?.split(',');

const starts: Record<Transport, StartTransport> = {
  express: overHttp(() => new ExpressAdapter()),
  fastify: overHttp(() => new FastifyAdapter()),
  ws: overSocket((app) => new WsAdapter(app), plainWs),
  'socket.io': overSocket((app) => new IoAdapter(app), socketIo),
  'rpc request': overTcp(MessagePattern),
  'rpc event': overTcp(EventPattern),
  'graphql query': overGraphql('query'),
  'graphql mutation': overGraphql('mutation'),
  'graphql subscription': overGraphql('subscription'),
  bullmq: byQueue,
  cron: byCron,
  'event-emitter': byEventEmitter,
  'cqrs command': byCommand,
  'cqrs event': byEvent,
  commander: byCommander,
};

describe.each(transports.filter((name) => only?.includes(name) !== false))('%s', (transport) => {
  if (transport === 'bullmq' && !hasRedis()) return it.skip('without Redis');
  const start = starts[transport];
  const own = cells.filter((cell) => cell.transport === transport);
  let played: ReadonlyMap<Cell, readonly Played[]>;
  beforeAll(
    async () => {
      played = await playCells(start, own, rounds);
    },
    60_000 + rounds * 10_000,
  );

  it.each(own.map((cell) => [cellName(cell), cell] as const))('%s', (_, cell) => {
    count('cells', 1);
    const calls = played.get(cell) ?? [];
    expect(calls).toHaveLength(rounds);
    for (const { person, tracked, plain, events } of calls) {
      count('calls', 1);
      count('events', events.length);
      expect(tracked).toBe(plain);
      expect(tracked).not.toMatch(/^no answer in time|^the call failed/);
      expect(storyOf(events).join('\n')).toBe(expectedStory(cell).join('\n'));
      expect(new Set(events.map(({ distinctId }) => distinctId))).toEqual(new Set([person.user]));
      expect(new Set(events.map(({ properties }) => properties.$ai_trace_id)).size).toBe(1);
      expect(new Set(events.map(({ uuid }) => uuid)).size).toBe(events.length);
      const last = events.at(-1)?.properties;
      expect(last?.duration_ms).toBeGreaterThan(0);
      expect(last?.tool_calls).toBe(1);
      if (hasStatus(cell)) expect(`${Number(last?.http_status)}`).toBe(/^HTTP\/1.1 (\d+)/.exec(tracked)?.[1]);
      if (!isMessage(cell)) continue;
      const chunks = expectedChunks(cell);
      if (chunks !== undefined) expect(last?.chunk_count).toBe(chunks);
      else expect(last?.chunk_count ?? 1).toBeGreaterThan(0);
    }
  });
});

describe('absent cells', () => {
  it('are each explained by where their transport says so', async () => {
    const lines = product.flatMap((cell) => {
      const absence = absenceOf(cell);
      return absence === undefined
        ? []
        : [`${cell.transport}, ${cellName(cell)}: ${absence.why} (${absence.reference})`];
    });
    expect(lines.length + cells.length).toBe(product.length);
    count('absent', lines.length);
    for (const line of lines) expect(line).toMatch(/ \(https:\/\/\S+\)$/);
  });
});
