import { AsyncResource } from 'node:async_hooks';
import { expect, it } from 'vitest';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { Ledger } from '../../src/delivery/ledger.js';
import { StoreBooks } from '../../src/delivery/store-books.js';
import { Spoken } from '../support/spoken.js';

it('What a store loses within one turn is counted, and held for onDrop up to 16 MiB', async () => {
  const told: string[] = [];
  const ledger = new Ledger(new Spoken(), ({ event }) => void told.push(event));
  const books = new StoreBooks(ledger, new AsyncResource('test'), () => undefined);
  const bytes = 1024 * 1024;
  const json = '{"event":"e","properties":{}}';
  const event: StoredEvent = { json, bytes, lane: 'batch', order: 1, acceptedAt: 0, source: undefined };
  const lose = () => books.lost([{ reason: 'queue_full', count: 1, events: [event], ownUnknown: 0 }]);
  for (let n = 0; n < 100; n++) lose();
  expect(ledger.books().dropped).toEqual({ queue_full: 100 });
  expect(told).toEqual([]);
  await Promise.resolve();
  expect(told).toHaveLength(17);
  lose();
  await Promise.resolve();
  expect(told).toHaveLength(18);
});
