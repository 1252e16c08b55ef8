import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { PostHogSender } from '../../src/delivery/posthog-sender.js';
import { systemClock } from '../../src/event/clock.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

const stored = (event: string, properties: object = {}): StoredEvent => {
  const json = JSON.stringify({ event, distinct_id: 'u1', uuid: '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e', properties });
  return { json, bytes: json.length, lane: 'batch', order: 1, acceptedAt: 0, source: undefined };
};

/** A server on the level of TCP, for what no HTTP server does. */
async function startTcpServer(onData: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('data', () => onData(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('PostHogSender', () => {
  let server: PostHogServer;
  const senders: PostHogSender[] = [];
  beforeEach(async () => {
    server = await startPostHogServer({ apiKey: 'phc_test' });
  });
  afterEach(async () => {
    for (const sender of senders.splice(0)) sender.close();
    await server.close();
  });

  const senderTo = (host: string, options: { timeoutMs?: number; clock?: FakeClock } = {}) => {
    const sender = new PostHogSender({ apiKey: 'phc_test', host, clock: systemClock, ...options });
    senders.push(sender);
    return sender;
  };

  it('posts the events as one batch, with the key in the body and nowhere else', async () => {
    const sender = senderTo(server.url);
    expect(await sender.send('batch', [stored('first'), stored('second')])).toEqual({ kind: 'accepted' });
    expect(server.events.map((event) => event.event)).toEqual(['first', 'second']);
    const [request] = server.requests;
    expect(request).toMatchObject({ path: '/batch/', json: { api_key: 'phc_test' } });
    expect(JSON.stringify(request?.headers)).not.toContain('phc_test');
    expect(Object.keys(request?.json as object)).toEqual(['api_key', 'batch']);
  });

  it.each([
    ['plain', 10, undefined],
    ['packed on the spot', 8_000, 'gzip'],
    ['packed in the thread pool', 100_000, 'gzip'],
  ])('sends a body that is %s', async (_, length, encoding) => {
    const text = Array.from({ length: length / 10 }, (_item, index) => String(index).padStart(10)).join('') + '👍é';
    expect(await senderTo(server.url).send('batch', [stored('e', { text })])).toEqual({ kind: 'accepted' });
    expect(server.requests[0]?.headers['content-encoding']).toBe(encoding);
    expect(server.events[0]?.properties).toEqual({ text });
    if (encoding !== undefined) expect(server.requests[0]?.bytes).toBeLessThan(length * 0.6);
  });

  it('sends the AI lane to the AI endpoint', async () => {
    const sender = senderTo(server.url);
    await sender.send('ai', [stored('$ai_generation', { $ai_input: 'x'.repeat(2_000_000) })]);
    expect(server.events[0]?.path).toBe('/i/v0/ai/batch/');
    expect(sender.destination('ai')).toBe(`${server.url}/i/v0/ai/batch/`);
  });

  it('respects a path of the host, with or without a slash at its end', async () => {
    for (const host of [`${server.url}/ingest`, `${server.url}/ingest/`]) {
      const sender = senderTo(host);
      expect(sender.destination('batch')).toBe(`${server.url}/ingest/batch/`);
      expect(await sender.send('batch', [stored('e')])).toMatchObject({ kind: 'wrong_endpoint' });
    }
    expect(server.requests.map((request) => request.path)).toEqual(['/ingest/batch/', '/ingest/batch/']);
  });

  it('uses one connection for requests that follow each other', async () => {
    const sender = senderTo(server.url);
    for (let i = 0; i < 5; i++) await sender.send('batch', [stored('e')]);
    expect(server.connections).toBe(1);
  });

  it('uses its connection again after an answer that was no success', async () => {
    const sender = senderTo(server.url);
    server.fault(faults.status(503, {}, 'busy'), 1);
    await sender.send('batch', [stored('e')]);
    await new Promise((later) => setImmediate(later));
    expect(await sender.send('batch', [stored('e')])).toEqual({ kind: 'accepted' });
    expect(server.connections).toBe(1);
  });

  it('sends once more, over a new connection, where the idle one turns out to be closed', async () => {
    const sender = senderTo(server.url);
    await sender.send('batch', [stored('first')]);
    server.fault(faults.reset, 1);
    expect(await sender.send('batch', [stored('second')])).toEqual({ kind: 'accepted' });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['503', faults.status(503), { kind: 'retry', error: 'HTTP 503' }],
    ['429 with Retry-After', faults.status(429, { 'retry-after': '7' }), { kind: 'retry', retryAfterMs: 7_000 }],
    ['401', faults.status(401), { kind: 'wrong_key', error: 'HTTP 401' }],
    ['400', faults.status(400), { kind: 'refused', error: 'HTTP 400' }],
    ['413', faults.status(413), { kind: 'too_large', error: 'HTTP 413' }],
    ['302', faults.redirect302, { kind: 'wrong_endpoint', error: 'HTTP 302' }],
    ['a web page', faults.html200, { kind: 'wrong_endpoint' }],
    ['the older answer', faults.status(200, {}, '{"status":1}'), { kind: 'accepted' }],
    [
      'too much text',
      faults.status(200, {}, `{"status":"Ok","text":"${'x'.repeat(100_000)}"}`),
      { kind: 'wrong_endpoint' },
    ],
    ['a reset', faults.reset, { kind: 'retry', error: 'ECONNRESET' }],
  ])('tells %s', async (_, fault, outcome) => {
    server.fault(fault);
    expect(await senderTo(server.url).send('batch', [stored('e')])).toMatchObject(outcome);
    expect(server.requests).toHaveLength(1);
  });

  it('tells that nobody listens', async () => {
    await server.refuse();
    const outcome = await senderTo(server.url).send('batch', [stored('e')]);
    expect(outcome).toEqual({ kind: 'retry', error: 'ECONNREFUSED' });
  });

  it('tells a host that does not exist', async () => {
    const outcome = await senderTo('http://nowhere.invalid').send('batch', [stored('e')]);
    expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string });
  });

  it('tells a failed TLS handshake', async () => {
    const outcome = await senderTo(server.url.replace('http:', 'https:')).send('batch', [stored('e')]);
    expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringMatching(/^E/) as string });
  });

  it('tells an answer that is no HTTP', async () => {
    const host = await startTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const outcome = await senderTo(host).send('batch', [stored('e')]);
    expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringMatching(/^HPE_/) as string });
  });

  it('takes a refusal that comes before the body is through', async () => {
    const answer = 'HTTP/1.1 413 Payload Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
    let told = false;
    const host = await startTcpServer((socket) => {
      if (!told) socket.end(answer);
      told = true;
    });
    const text = Array.from({ length: 200_000 }, (_, index) => (index * 7_919).toString(36)).join('');
    expect(await senderTo(host).send('batch', [stored('e', { text })])).toEqual({
      kind: 'too_large',
      error: 'HTTP 413',
    });
  });

  it.each([
    ['no answer', faults.hang],
    ['half an answer', faults.halfAnswer],
  ])('gives up after its timeout on %s', async (_, fault) => {
    const clock = new FakeClock();
    server.fault(fault);
    const sent = senderTo(server.url, { clock, timeoutMs: 3_000 }).send('batch', [stored('e')]);
    await server.waitForRequests(1);
    clock.advance(3_000);
    expect(await sent).toEqual({ kind: 'retry', error: 'no answer in 3000 ms' });
    expect(clock.pendingTimers).toBe(0);
    // The request is given up, not only no longer waited for.
    await server.waitForConnections(0);
  });

  it('judges an error by its head and does not wait for its text', async () => {
    const clock = new FakeClock();
    const head = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 9\r\ncontent-length: 1000\r\n\r\nsorry';
    const host = await startTcpServer((socket) => socket.write(head));
    const outcome = await senderTo(host, { clock }).send('batch', [stored('e')]);
    expect(outcome).toMatchObject({ kind: 'retry', retryAfterMs: 9_000 });
    clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up what is under way when it is closed, and sends nothing after that', async () => {
    const clock = new FakeClock();
    server.fault(faults.hang);
    const sender = senderTo(server.url, { clock });
    const sent = sender.send('batch', [stored('e')]);
    await server.waitForRequests(1);
    sender.close();
    expect(await sent).toMatchObject({ kind: 'retry' });
    expect(clock.pendingTimers).toBe(0);
    expect(await sender.send('batch', [stored('e')])).toEqual({ kind: 'retry', error: 'closed' });
    expect(server.requests).toHaveLength(1);
  });

  it('shows neither the key nor credentials of the host in what it says', async () => {
    const host = server.url.replace('//', '//user:secret@');
    const sender = senderTo(host);
    server.fault(faults.status(401));
    const said = JSON.stringify([await sender.send('batch', [stored('e')]), sender.destination('batch')]);
    expect(said).not.toMatch(/phc_test|user|secret/);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('user:secret').toString('base64')}`);
  });
});
