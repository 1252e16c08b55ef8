import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditedPipeline, plainRecord } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type Fault, type PostHogServer } from '../support/posthog-server.js';

/** Hours of trouble pass in no time; each probe meets the real server. */
describe('Delivery, state by state', () => {
  let server: PostHogServer;
  let clock: FakeClock;
  beforeEach(async () => {
    server = await startPostHogServer({ apiKey: 'phc_test' });
    clock = new FakeClock();
  });
  afterEach(() => server.close());

  const start = (random = 0) => auditedPipeline({ server, clock, random: () => random, timeoutMs: 10_000 });
  const uuids = () => server.requests.map((request) => (request.json as { batch: { uuid: string }[] }).batch[0]?.uuid);

  it.each<[string, Fault]>([
    ['408', faults.status(408)],
    ['429', faults.status(429)],
    ['500', faults.status(500)],
    ['503', faults.status(503)],
    ['a reset connection', faults.reset],
  ])(
    'keeps the batch on %s, sends the same bytes again after a pause, says so once and once when it is over',
    async (_, fault) => {
      const { pipeline, record, spoken, outcomes } = start();
      server.fault(fault, 3);
      record(2);
      void pipeline.flush();
      for (let attempt = 1; attempt <= 3; attempt++) {
        await outcomes(attempt);
        expect(pipeline.stats()).toMatchObject({ state: 'backoff', delivered: 0, pending: { stored: 2, inFlight: 0 } });
        clock.advance(999);
        expect(pipeline.stats().pending.inFlight).toBe(0);
        clock.advance(1);
      }
      await outcomes(4);
      expect(pipeline.stats()).toMatchObject({ state: 'idle', delivered: 2, pending: { total: 0 }, retries: 3 });
      expect(new Set(server.requests.map((request) => JSON.stringify(request.json))).size).toBe(1);
      expect(spoken.codes).toEqual(['NAA301', 'NAA302']);
      expect(clock.pendingTimers).toBe(0);
    },
  );

  it('doubles the pause from failure to failure, up to a minute', async () => {
    const { record, pipeline, outcomes } = start(1);
    server.fault(faults.status(503));
    record(1);
    void pipeline.flush();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      await outcomes(attempt);
      const pause = clock.untilNext() ?? NaN;
      pauses.push(pause);
      clock.advance(pause);
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it.each([
    ['seconds', () => '120', 120_000],
    ['an HTTP date', () => new Date(clock.now() + 90_000).toUTCString(), 89_322],
    ['more than five minutes', () => '3600', 300_000],
    ['less than the backoff', () => '1', 2_000],
    ['nonsense', () => 'soon', 2_000],
  ])('honours Retry-After in %s', async (_, header, expected) => {
    const { record, pipeline, outcomes } = start(1);
    server.fault(faults.status(503, { 'retry-after': header() }), 1);
    record(1);
    void pipeline.flush();
    await outcomes(1);
    expect(clock.untilNext()).toBe(expected);
    clock.advance(expected - 1);
    expect(pipeline.stats().pending.inFlight).toBe(0);
    clock.advance(1);
    expect(pipeline.stats().pending.inFlight).toBe(1);
    await outcomes(2);
    expect(pipeline.stats().delivered).toBe(1);
  });

  it('begins with short pauses again after a success', async () => {
    const { record, pipeline, outcomes } = start(1);
    server.fault(faults.status(503), 3);
    record(1);
    void pipeline.flush();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await outcomes(attempt);
      clock.advance(clock.untilNext() ?? NaN);
    }
    await outcomes(4);
    server.fault(faults.status(503), 1);
    record(1);
    void pipeline.flush();
    await outcomes(5);
    expect(clock.untilNext()).toBe(2_000);
  });

  it('sends one probe at a time while in trouble, and several batches at once when all is well', async () => {
    const { pipeline, record, outcomes } = start();
    server.fault(faults.hang);
    record(1_000);
    pipeline.drain();
    await server.waitForRequests(4);
    expect(pipeline.stats()).toMatchObject({ state: 'sending', pending: { inFlight: 400, stored: 600 } });
    server.clearFaults();
    server.fault(faults.status(503));
    await outcomes(4);
    expect(pipeline.stats()).toMatchObject({ state: 'backoff', pending: { inFlight: 0, stored: 1_000 } });
    clock.advance(1_000);
    await outcomes(5);
    expect(server.requests).toHaveLength(5);
    server.clearFaults();
    clock.advance(1_000);
    await server.waitFor(1_000);
    expect(server.distinct()).toHaveLength(1_000);
  });

  it('takes a timeout for a failure and sends again, with the same uuid', async () => {
    const { pipeline, record, outcomes } = start();
    server.fault(faults.hang, 1);
    record(1);
    void pipeline.flush();
    await server.waitForRequests(1);
    clock.advance(9_999);
    expect(pipeline.stats().pending.inFlight).toBe(1);
    clock.advance(1);
    await outcomes(1);
    expect(pipeline.stats()).toMatchObject({
      state: 'backoff',
      lastError: expect.stringContaining('no answer') as string,
    });
    clock.advance(1_000);
    await server.waitFor(1);
    expect(new Set(uuids()).size).toBe(1);
  });

  it('sends an answer that was cut again: PostHog then has it twice under one uuid', async () => {
    const { pipeline, record, outcomes } = start();
    server.fault(faults.cutBeforeAnswer, 1);
    record(3);
    void pipeline.flush();
    await outcomes(1);
    clock.advance(1_000);
    await outcomes(2);
    expect(server.events).toHaveLength(6);
    expect(server.distinct()).toHaveLength(3);
    expect(pipeline.stats()).toMatchObject({ accepted: 3, delivered: 3 });
  });

  it('keeps the time of an event when the retry comes after midnight', async () => {
    clock = new FakeClock(Date.parse('2026-01-01T23:59:59.500Z'));
    const { pipeline, record, outcomes } = start();
    server.fault(faults.cutBeforeAnswer, 1);
    record(1);
    void pipeline.flush();
    await outcomes(1);
    clock.advance(60_000);
    await outcomes(2);
    expect(server.events).toHaveLength(2);
    expect(server.distinct()).toHaveLength(1);
  });

  it('takes half an answer for none', async () => {
    const { pipeline, record, outcomes } = start();
    server.fault(faults.halfAnswer, 1);
    record(1);
    void pipeline.flush();
    await server.waitFor(1);
    clock.advance(10_000);
    await outcomes(1);
    expect(pipeline.stats()).toMatchObject({ state: 'backoff', delivered: 0 });
    clock.advance(1_000);
    await outcomes(2);
    expect(pipeline.stats()).toMatchObject({ delivered: 1, pending: { total: 0 } });
  });

  it('delivers everything after a server that was down for an hour', async () => {
    const { pipeline, record, quiet, spoken } = start(0.5);
    await server.refuse();
    record(500);
    await pipeline.flush();
    while (clock.monotonic() < 3_600_000) {
      await quiet();
      clock.advance(clock.untilNext() ?? NaN);
    }
    await quiet();
    await server.listen();
    clock.advance(clock.untilNext() ?? NaN);
    await server.waitFor(500);
    await pipeline.flush();
    expect(pipeline.stats()).toMatchObject({ delivered: 500, pending: { total: 0 }, state: 'idle' });
    expect(spoken.codes).toEqual(['NAA301', 'NAA302']);
    expect(spoken.text).toContain('ECONNREFUSED');
  });

  it('holds on 401, tries the key every ten minutes, and says it once', async () => {
    const { pipeline, record, outcomes, spoken } = start(1);
    server.fault(faults.status(401), 3);
    record(1);
    void pipeline.flush();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await outcomes(attempt);
      expect(pipeline.stats().state).toBe('key_hold');
      expect(clock.untilNext()).toBe(600_000);
      clock.advance(600_000);
    }
    await outcomes(4);
    expect(pipeline.stats()).toMatchObject({ delivered: 1, state: 'idle' });
    expect(spoken.codes).toEqual(['NAA303', 'NAA302']);
    expect(spoken.text).not.toContain('phc_');
  });

  it.each<[string, Fault]>([
    ['a redirect to a login page', faults.redirect302],
    ['a web page with 200', faults.html200],
    ['403', faults.status(403)],
    ['404', faults.status(404)],
    ['405', faults.status(405)],
    ['200 with another JSON', faults.status(200, {}, '{"ok":true}')],
    ['204', faults.status(204)],
  ])('holds on %s, says it once, and loses nothing', async (_, fault) => {
    const { pipeline, record, outcomes, spoken } = start();
    const clear = server.fault(fault);
    record(3);
    void pipeline.flush();
    for (let attempt = 1; attempt <= 4; attempt++) {
      await outcomes(attempt);
      expect(pipeline.stats()).toMatchObject({ state: 'endpoint_hold', pending: { stored: 3 } });
      if (attempt === 4) clear();
      clock.advance(1_000);
    }
    await outcomes(5);
    expect(server.events).toHaveLength(3);
    expect(pipeline.stats()).toMatchObject({ delivered: 3, state: 'idle' });
    expect(spoken.codes).toEqual(['NAA304', 'NAA302']);
  });

  it('goes on with the batch endpoint while the AI endpoint is missing', async () => {
    const { pipeline, record } = start();
    const clear = server.fault(({ path }) => (path.includes('/ai/') ? faults.status(404) : undefined));
    pipeline.record(plainRecord('$ai_generation', clock.now(), { $ai_input: 'x'.repeat(2_000_000) }));
    record(10);
    expect(await pipeline.flush()).toEqual({ delivered: 10, pending: 1 });
    expect(pipeline.stats().state).toBe('endpoint_hold');
    record(5);
    expect(await pipeline.flush()).toEqual({ delivered: 5, pending: 1 });
    clear();
    clock.advance(1_000);
    await server.waitFor(16);
  });

  it('holds an event that is refused alone until another has been accepted, and gives it up only then', async () => {
    const { pipeline, outcomes, spoken } = start();
    server.fault(({ events }) => (events.includes('poison') ? faults.status(400) : undefined));
    pipeline.record(plainRecord('poison', clock.now()));
    void pipeline.flush();
    for (let attempt = 1; attempt <= 5; attempt++) {
      await outcomes(attempt);
      expect(pipeline.stats()).toMatchObject({ state: 'endpoint_hold', dead: 0, pending: { total: 1 } });
      if (attempt < 5) clock.advance(1_000);
    }
    expect(spoken.codes).toEqual(['NAA305']);
    // Another event comes: the next probe takes that one.
    pipeline.record(plainRecord('good', clock.now()));
    clock.advance(1_000);
    await outcomes(7);
    expect(server.events.map((event) => event.event)).toEqual(['good']);
    expect(pipeline.stats()).toMatchObject({
      accepted: 2,
      delivered: 1,
      dead: 1,
      pending: { total: 0 },
      state: 'idle',
    });
    expect(spoken.codes).toEqual(['NAA305', 'NAA302', 'NAA306']);
    expect(spoken.text).toContain('refused poison (HTTP 400)');
  });

  it.each([400, 413])('finds the one event among 100 that is refused with %i', async (status) => {
    const dead: string[] = [];
    const { pipeline, record } = auditedPipeline({
      server,
      clock,
      onDrop: (event, reason) => dead.push(`${event.event} ${reason}`),
    });
    server.fault(({ events }) => (events.includes('event_37') ? faults.status(status) : undefined));
    record(100);
    expect(await pipeline.flush()).toEqual({ delivered: 99, pending: 0 });
    expect(pipeline.stats()).toMatchObject({ accepted: 100, delivered: 99, dead: 1, pending: { total: 0 } });
    expect(dead).toEqual(['event_37 rejected']);
    expect(server.distinct()).toHaveLength(99);
    expect(server.requests.length).toBeLessThan(20);
  });

  it('splits in order', async () => {
    const { pipeline, record } = start();
    server.fault(({ events }) => (events.length > 3 ? faults.status(413) : undefined));
    record(10);
    await pipeline.flush();
    const batches = server.requests
      .map((request) => (request.json as { batch: { event: string }[] }).batch.map((event) => event.event))
      .filter((batch) => batch.length <= 3);
    const numbers = batches.map((batch) => batch.map((name) => Number(name.slice(6))));
    expect(numbers.flat().toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const batch of numbers) expect(batch).toEqual(batch.toSorted((a, b) => a - b));
    expect(pipeline.stats()).toMatchObject({ delivered: 10, dead: 0 });
  });

  it('learns from 413 how much goes into one request', async () => {
    const { pipeline, record } = start();
    let refused = 0;
    server.fault(({ events }) => (events.length > 10 && ++refused ? faults.status(413) : undefined));
    record(100);
    await pipeline.flush();
    // 100, twice 50, four times 25, eight times 12 or 13.
    expect(refused).toBe(15);
    record(300);
    await pipeline.flush();
    expect(pipeline.stats()).toMatchObject({ delivered: 400, dead: 0 });
    expect(refused).toBe(15);
  });

  it('lets several bad events of one batch die and delivers the rest', async () => {
    const { pipeline, record } = start();
    const bad = ['event_1', 'event_2', 'event_50', 'event_100'];
    server.fault(({ events }) => (events.some((event) => bad.includes(event)) ? faults.status(400) : undefined));
    record(100);
    expect(await pipeline.flush()).toEqual({ delivered: 96, pending: 0 });
    expect(pipeline.stats()).toMatchObject({ delivered: 96, dead: 4 });
  });

  it.each([400, 403, 413])(
    'loses nothing to a proxy that answers %i to everything and then is healthy',
    async (status) => {
      const { pipeline, record, quiet, spoken } = start();
      const clear = server.fault(faults.status(status));
      record(300);
      void pipeline.flush();
      for (let minutes = 0; minutes < 30; minutes++) {
        // A probe, and what follows from it without a pause.
        await quiet();
        clock.advance(60_000);
      }
      expect(pipeline.stats()).toMatchObject({ delivered: 0, dead: 0 });
      clear();
      clock.advance(60_000);
      await server.waitFor(300);
      await pipeline.flush();
      expect(pipeline.stats()).toMatchObject({ accepted: 300, delivered: 300, dead: 0, pending: { total: 0 } });
      expect(server.distinct()).toHaveLength(300);
      expect(spoken.codes).toEqual([status === 403 ? 'NAA304' : 'NAA305', 'NAA302']);
    },
  );

  it.each([403, 302])('is not held up by one event that something on the way answers with %i', async (status) => {
    const { pipeline, record, quiet, spoken } = start();
    server.fault(({ events }) => (events.includes('event_37') ? faults.status(status) : undefined));
    record(100);
    void pipeline.flush();
    for (let minutes = 0; minutes < 60; minutes++) {
      await quiet();
      if (minutes < 20) record(1);
      clock.advance(60_000);
    }
    await quiet();
    expect(pipeline.stats()).toMatchObject({ accepted: 120, delivered: 119, dead: 1, pending: { total: 0 } });
    expect(spoken.text).toContain(`refused event_37 (HTTP ${status})`);
  });

  it('takes nothing apart that is answered with 403 while nothing else is accepted', async () => {
    const { pipeline, record, quiet } = start();
    server.fault(faults.status(403));
    record(100);
    void pipeline.flush();
    for (let minutes = 0; minutes < 30; minutes++) {
      await quiet();
      clock.advance(60_000);
    }
    await quiet();
    const sizes = server.requests.map(({ json }) => (json as { batch: unknown[] }).batch.length);
    expect(sizes.length).toBeGreaterThan(10);
    expect(new Set(sizes)).toEqual(new Set([100]));
  });

  it.each([
    ['500', faults.status(500)],
    ['a reset connection', faults.reset],
  ])('is not held up by one event whose requests always end by %s', async (_, fault) => {
    const { pipeline, record, quiet } = start();
    server.fault(({ events }) => (events.includes('event_37') ? fault : undefined));
    record(100);
    void pipeline.flush();
    for (let minutes = 0; minutes < 180; minutes++) {
      await quiet();
      if (minutes < 150) record(1);
      clock.advance(60_000);
    }
    await quiet();
    // It is kept: nobody has said that it is not accepted.
    expect(pipeline.stats()).toMatchObject({ accepted: 250, delivered: 249, dead: 0, pending: { total: 1 } });
    server.clearFaults();
    clock.advance(60_000);
    await quiet();
    expect(pipeline.stats()).toMatchObject({ delivered: 250, pending: { total: 0 } });
  });

  it('is not held up by several such events', async () => {
    const { pipeline, record, quiet } = start();
    const broken = ['event_3', 'event_21', 'event_37', 'event_55', 'event_70', 'event_88'];
    server.fault(({ events }) => (events.some((name) => broken.includes(name)) ? faults.status(500) : undefined));
    record(100);
    void pipeline.flush();
    for (let minutes = 0; minutes < 1_000; minutes++) {
      await quiet();
      if (minutes < 900) record(1);
      clock.advance(60_000);
    }
    await quiet();
    expect(pipeline.stats()).toMatchObject({ delivered: 994, dead: 0, pending: { total: 6 } });
  });

  it.each([
    ['a server that is busy takes others', faults.status(503, { 'retry-after': '1' }), 20],
    ['nothing else is accepted', faults.status(500), 0],
  ])('takes nothing apart that fails while %s', async (_, fault, others) => {
    const { pipeline, record, quiet } = start();
    server.fault(({ events }) => (others === 0 || events.includes('event_37') ? fault : undefined));
    record(100);
    void pipeline.flush();
    for (let minutes = 0; minutes < 60; minutes++) {
      await quiet();
      if (minutes < others) record(1);
      clock.advance(60_000);
    }
    await quiet();
    expect(pipeline.stats()).toMatchObject({ delivered: others, dead: 0, pending: { total: 100 } });
    const sizes = server.requests.map(({ json }) => (json as { batch: unknown[] }).batch.length);
    // Its halves would have 50.
    expect(new Set(sizes.filter((size) => size > 20))).toEqual(new Set([100]));
  });

  it('finds the bad event also when it comes to light only after an outage', async () => {
    const { pipeline, record, quiet } = start();
    server.fault(faults.status(503), 1);
    server.fault(({ events }) => (events.includes('event_1') ? faults.status(400) : undefined));
    record(100);
    await pipeline.flush();
    for (let seconds = 0; seconds < 10; seconds++) {
      await quiet();
      clock.advance(1_000);
    }
    await quiet();
    expect(pipeline.stats()).toMatchObject({ delivered: 99, dead: 1 });
  });

  it('counts what PostHog does not store over quota as delivered: nobody can tell', async () => {
    const { pipeline, record } = start();
    server.fault(faults.overQuota);
    record(1);
    expect(await pipeline.flush()).toEqual({ delivered: 1, pending: 0 });
  });
});
