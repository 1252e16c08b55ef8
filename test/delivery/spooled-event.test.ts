import { expect, it } from 'vitest';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { readSpooled, spoolPayload } from '../../src/delivery/spooled-event.js';

it.each(['Orders.place', 'A.b\rc', 'A.b\u2028c\u2029d', 'two\nlines', '', '5 6 7'])(
  'A spooled event with the source %j is read back',
  (source) => {
    const event: StoredEvent = { json: '{"a":1}', bytes: 7, lane: 'ai', order: 12, acceptedAt: 34, source };
    const payload = Buffer.from(spoolPayload(event));
    expect(readSpooled({ instance: 'i', lane: 1, seq: 1, time: 34, payload }, true)).toMatchObject({
      ...event,
      source: source === '' ? undefined : source.replace('\n', ' '),
    });
  },
);
