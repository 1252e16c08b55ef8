import { gzipSync } from 'node:zlib';
import { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faults, startPostHogServer, type PostHogServer } from './posthog-server.js';

const event = (name: string, more: object = {}) => ({ event: name, distinct_id: 'u1', properties: { a: 1 }, ...more });
const batch = (events: object[], key = 'phc_test') => JSON.stringify({ api_key: key, batch: events });

describe('the PostHog stand-in', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  const post = async (body: string | Buffer, path = '/batch/', headers: Record<string, string> = {}) => {
    const response = await fetch(server.url + path, { method: 'POST', body, headers, redirect: 'manual' });
    return { status: response.status, body: await response.text() };
  };

  it('stores a batch in order and answers as PostHog does', async () => {
    const uuid = '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e';
    const sent = event('first', { uuid, timestamp: '2026-01-02T03:04:05.678Z' });
    expect(await post(batch([sent, event('second')]))).toEqual({ status: 200, body: '{"status":"Ok"}' });
    expect(server.events.map((stored) => stored.event)).toEqual(['first', 'second']);
    expect(server.events[0]).toMatchObject({ ...sent, time: Date.parse('2026-01-02T03:04:05.678Z') });
    expect(server.events[1]?.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(server.requests).toMatchObject([{ path: '/batch/', json: { api_key: 'phc_test' } }]);
  });

  it('takes gzip by its magic bytes, with or without the header or the query', async () => {
    const packed = gzipSync(batch([event('e')]));
    await post(packed, '/batch/', { 'content-encoding': 'gzip' });
    await post(packed, '/batch/?compression=gzip');
    await post(packed);
    expect(server.events).toHaveLength(3);
    expect(server.requests[0]?.bytes).toBe(packed.length);
    expect(await post(packed.subarray(0, 20))).toMatchObject({ status: 400 });
  });

  it('takes single events, and the AI route', async () => {
    await post(JSON.stringify({ api_key: 'phc_test', ...event('single') }), '/i/v0/e/');
    await post(batch([event('$ai_generation')]), '/i/v0/ai/batch/');
    expect(server.events.map((stored) => stored.path)).toEqual(['/i/v0/e/', '/i/v0/ai/batch/']);
    expect(await post(batch([event('e')]), '/elsewhere')).toMatchObject({ status: 404 });
  });

  it.each([
    ['an empty name', { event: '' }],
    ['no name', { event: undefined }],
    ['no distinct_id', { distinct_id: undefined }],
    ['a blank distinct_id', { distinct_id: ' ' }],
    ['a malformed uuid', { uuid: 'no-uuid' }],
    ['null properties', { properties: null }],
    ['a timestamp that is no string', { timestamp: 5 }],
    ['a lone surrogate', { properties: { text: '\ud800' } }],
    ['nesting of 128', { properties: { deep: JSON.parse('['.repeat(124) + ']'.repeat(124)) as unknown } }],
  ])('refuses the whole batch for %s', async (_what, poison) => {
    expect(await post(batch([event('good'), event('bad', poison), event('good')]))).toMatchObject({ status: 400 });
    expect(server.events).toEqual([]);
  });

  it('takes nesting of 127', async () => {
    const deep = JSON.parse('['.repeat(123) + ']'.repeat(123)) as unknown;
    expect(await post(batch([event('deep', { properties: { deep } })]))).toMatchObject({ status: 200 });
  });

  it('refuses what is no JSON and what holds no event', async () => {
    expect(await post('{')).toMatchObject({ status: 400 });
    expect(await post(batch([]))).toMatchObject({ status: 400 });
  });

  it('refuses an event above 1,000,000 bytes after the events before it are stored', async () => {
    const large = event('large', { properties: { text: 'x'.repeat(1_000_000) } });
    expect(await post(batch([event('before'), large, event('after')]))).toMatchObject({ status: 413 });
    expect(server.events.map((stored) => stored.event)).toEqual(['before']);
    expect(await post(batch([event('before'), large]), '/i/v0/ai/batch/')).toMatchObject({ status: 200 });
  });

  it('refuses an AI event above 8 MiB with all of its batch', async () => {
    const huge = event('$ai_generation', { properties: { text: 'x'.repeat(8 * 1024 * 1024) } });
    expect(await post(batch([event('$ai_span'), huge]), '/i/v0/ai/batch/')).toMatchObject({ status: 413 });
    expect(server.events).toEqual([]);
  });

  it('refuses 20 MiB on the wire and 100 MiB unpacked', async () => {
    expect(await post(Buffer.alloc(20 * 1024 * 1024 + 1, ' '))).toMatchObject({ status: 413 });
    expect(await post(gzipSync(Buffer.alloc(100 * 1024 * 1024 + 1, ' ')))).toMatchObject({ status: 413 });
  });

  it('refuses personal, empty and missing keys', async () => {
    expect(await post(batch([event('e')], 'phx_personal'))).toMatchObject({ status: 401 });
    expect(await post(batch([event('e')], ''))).toMatchObject({ status: 401 });
    expect(await post(JSON.stringify({ batch: [event('e')] }))).toMatchObject({ status: 401 });
  });

  it('answers 200 to a key of no project and stores nothing', async () => {
    const strict = await startPostHogServer({ apiKey: 'phc_right' });
    for (const key of ['phc_wrong', 'phc_right']) {
      const response = await fetch(`${strict.url}/batch/`, { method: 'POST', body: batch([event(key)], key) });
      expect(response.status).toBe(200);
    }
    expect(strict.events.map((stored) => stored.event)).toEqual(['phc_right']);
    await strict.close();
  });

  it('answers 200 over quota and stores nothing', async () => {
    server.fault(faults.overQuota, 1);
    expect(await post(batch([event('e')]))).toEqual({ status: 200, body: '{"status":"Ok"}' });
    expect(server.events).toEqual([]);
  });

  it('cuts distinct_id at 200 characters', async () => {
    await post(batch([event('e', { distinct_id: '👍'.repeat(201) })]));
    expect(server.events[0]?.distinct_id).toBe('👍'.repeat(200));
  });

  it('corrects times by sent_at unless told not to', async () => {
    const late = await startPostHogServer({ clock: () => Date.parse('2026-01-01T00:00:10.000Z') });
    const timestamp = '2026-01-01T00:00:00.000Z';
    const kept = event('kept', { timestamp, properties: { $ignore_sent_at: true } });
    const body = { api_key: 'k', sent_at: timestamp, batch: [event('corrected', { timestamp }), kept] };
    await fetch(`${late.url}/batch/`, { method: 'POST', body: JSON.stringify(body) });
    expect(late.events.map((stored) => stored.time - Date.parse(timestamp))).toEqual([10_000, 0]);
    await late.close();
  });

  it('counts events that are the same by day, name, person and uuid once', async () => {
    const one = event('e', { uuid: '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e', timestamp: '2026-01-01T23:59:59.000Z' });
    await post(batch([one, { ...one, timestamp: '2026-01-01T00:00:00.000Z' }]));
    expect(server.distinct()).toHaveLength(1);
    await post(
      batch([
        { ...one, timestamp: '2026-01-02T00:00:00.000Z' },
        { ...one, distinct_id: 'u2' },
      ]),
    );
    expect(server.distinct()).toHaveLength(3);
    expect(server.events).toHaveLength(4);
  });

  describe('faults', () => {
    const one = batch([event('e')]);

    it('answers what it is told, as often as it is told, then as ever', async () => {
      server.fault(faults.status(503, { 'retry-after': '7' }, 'busy'), 2);
      const response = await fetch(`${server.url}/batch/`, { method: 'POST', body: one });
      expect(response.headers.get('retry-after')).toBe('7');
      expect(await post(one)).toEqual({ status: 503, body: 'busy' });
      expect(await post(one)).toMatchObject({ status: 200 });
      expect(server.events).toHaveLength(1);
    });

    it('goes on until it is cleared, and can be decided by the request', async () => {
      const clear = server.fault(({ events }) => (events.includes('e') ? faults.status(500) : undefined));
      expect([(await post(one)).status, (await post(one)).status]).toEqual([500, 500]);
      expect((await post(batch([event('other')]))).status).toBe(200);
      clear();
      expect((await post(one)).status).toBe(200);
    });

    it('redirects and shows web pages', async () => {
      server.fault(faults.redirect302, 1);
      server.fault(faults.html200, 1);
      expect(await post(one)).toMatchObject({ status: 302 });
      expect(await post(one)).toMatchObject({
        status: 200,
        body: expect.stringContaining('<!doctype html>') as string,
      });
      expect(server.events).toEqual([]);
    });

    it('resets before it stores, and cuts after it stored', async () => {
      server.fault(faults.reset, 1);
      await expect(post(one)).rejects.toThrow();
      expect(server.events).toHaveLength(0);
      server.fault(faults.cutBeforeAnswer, 1);
      await expect(post(one)).rejects.toThrow();
      expect(server.events).toHaveLength(1);
    });

    it('hangs until it is cleared', async () => {
      server.fault(faults.hang, 1);
      const hanging = post(one);
      await server.waitForRequests(1);
      server.clearFaults();
      await expect(hanging).rejects.toThrow();
      expect(server.events).toHaveLength(0);
    });

    it('sends half of an answer', async () => {
      server.fault(faults.halfAnswer, 1);
      const response = await fetch(`${server.url}/batch/`, { method: 'POST', body: one });
      const text = response.text();
      expect(response.status).toBe(200);
      server.clearFaults();
      await expect(text).rejects.toThrow();
      expect(server.events).toHaveLength(1);
    });

    it('is slow', async () => {
      server.fault(faults.slow(50), 1);
      const before = performance.now();
      expect((await post(one)).status).toBe(200);
      expect(performance.now() - before).toBeGreaterThan(45);
    });

    it('answers when it may', async () => {
      let mayAnswer = false;
      const until = new Promise<void>((resolve) => setImmediate(() => resolve(void (mayAnswer = true))));
      server.fault(faults.held(until), 1);
      expect((await post(one)).status).toBe(200);
      expect(mayAnswer).toBe(true);
    });

    it('refuses connections and comes back at the same address', async () => {
      await server.refuse();
      await expect(post(one)).rejects.toThrow();
      await server.listen();
      expect((await post(one)).status).toBe(200);
    });

    it('says how far it got when what is waited for does not come', async () => {
      await post(one);
      await expect(server.waitFor(2, 10)).rejects.toThrow('have 1 of 2 events');
    });
  });

  it('takes what posthog-node sends', async () => {
    const client = new PostHog('phc_test', { host: server.url, flushAt: 2, flushInterval: 10_000 });
    client.capture({ distinctId: 'u1', event: 'by_hand', properties: { a: 1 }, groups: { company: 'c1' } });
    client.identify({ distinctId: 'u1', properties: { plan: 'pro' } });
    await server.waitFor(2);
    expect(server.events).toMatchObject([
      { event: 'by_hand', distinct_id: 'u1', properties: { a: 1, $lib: 'posthog-node', $groups: { company: 'c1' } } },
      { event: '$identify', properties: { $set: { plan: 'pro' } } },
    ]);
    expect(server.requests[0]?.headers['content-encoding']).toBe('gzip');
    await client.shutdown();
  });

  it('makes posthog-node retry, and shows it what is sent twice', async () => {
    server.fault(faults.cutBeforeAnswer, 1);
    const client = new PostHog('phc_test', { host: server.url, fetchRetryDelay: 1 });
    client.capture({ distinctId: 'u1', event: 'e' });
    await client.shutdown();
    expect(server.events).toHaveLength(2);
    expect(server.distinct()).toHaveLength(1);
  });

  it('answers posthog-node about flags', async () => {
    server.flags = { flags: { new_chat: { key: 'new_chat', enabled: true, variant: 'b', reason: {}, metadata: {} } } };
    const client = new PostHog('phc_test', { host: server.url });
    expect(await client.getFeatureFlag('new_chat', 'u1', { sendFeatureFlagEvents: false })).toBe('b');
    await client.shutdown();
  });
});
