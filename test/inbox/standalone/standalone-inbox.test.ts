import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InboxConfigurationError } from '../../../src/inbox/index.js';
import {
  startStandaloneInbox,
  type StandaloneInbox,
  type StandaloneInboxOptions,
} from '../../../src/inbox/standalone/standalone-inbox.js';
import { InboxClient } from './inbox-client.js';
import { Upstream } from './upstream.js';

describe('the stand-alone inbox', () => {
  const open: { close: () => Promise<unknown> }[] = [];
  let inbox: StandaloneInbox;
  let client: InboxClient;

  const start = async (options: StandaloneInboxOptions = {}): Promise<void> => {
    inbox = await startStandaloneInbox({ port: 0, ...options });
    open.push(inbox);
    client = new InboxClient(inbox);
  };
  const startUpstream = async (): Promise<Upstream> => {
    const upstream = await Upstream.start();
    open.push(upstream);
    return upstream;
  };
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${inbox.host}${path}`, { method: 'POST', body, headers });
  const batchOf = (...events: object[]): string => JSON.stringify({ api_key: 'phc_test', batch: events });

  afterEach(async () => {
    for (const started of open.splice(0).reverse()) await started.close();
  });

  describe('with posthog-node', () => {
    it.each([
      ['zipped', {}],
      ['plain', { disableCompression: true }],
    ])('shows what it captures, %s, and says what PostHog will do', async (_name, options) => {
      await start();
      const posthog = new PostHog('phc_test', { host: inbox.host, ...options });
      posthog.capture({ distinctId: 'user-1', event: 'plan_upgraded', properties: { plan: 'pro' } });
      posthog.capture({ distinctId: 'user-1', event: 'seat_added', groups: { company: 'acme' } });
      posthog.identify({ distinctId: 'user-1', properties: { email: 'a@b.c' } });
      await posthog.shutdown();
      const rows = await client.rows();
      expect(rows.map(({ event, person, state }) => [event, person, state]).sort()).toEqual([
        ['$identify', 'user-1', 'local'],
        ['plan_upgraded', 'user-1', 'local'],
        ['seat_added', 'user-1', 'local'],
      ]);
      const detail = await client.detail(rows.find(({ event }) => event === 'seat_added')?.seq ?? 0);
      const verdicts = detail.verdicts.map(({ title, text }) => `${title}: ${text}`);
      expect(verdicts).toEqual(expect.arrayContaining([expect.stringMatching(/^Groups are kept/)]));
      expect(verdicts).toEqual(expect.arrayContaining([expect.stringContaining('--forward')]));
    });

    it('forwards it once, and notes that PostHog has it', async () => {
      const upstream = await startUpstream();
      await start({ forward: upstream.url });
      const posthog = new PostHog('phc_test', { host: inbox.host });
      for (let count = 0; count < 30; count++) posthog.capture({ distinctId: 'user-1', event: `e${count}` });
      await posthog.shutdown();
      const rows = await client.until((all) => all.length > 0 && all.every(({ state }) => state === 'delivered'));
      expect(rows).toHaveLength(30);
      expect(namesOf(upstream).sort()).toEqual(rows.map(({ event }) => event).sort());
    });

    it('tells what PostHog would refuse among the problems', async () => {
      await start();
      expect((await client.problems()).likely).toBe('No SDK has sent anything to this address yet.');
      await post('/batch/', batchOf({ event: '', distinct_id: 'd' }, { event: 'beside', distinct_id: 'd' }));
      const { problems, delivery } = await client.problems();
      expect(problems.map(({ id, count, level }) => [id.replace(/:.*/, ''), count, level])).toEqual([
        ['dropped', 1, 'bad'],
        ['dropped', 1, 'bad'],
        ['not_forwarded', null, 'note'],
      ]);
      expect(problems[1]?.items).toEqual([{ name: 'beside', detail: null, count: 1 }]);
      expect(delivery).toBeNull();
    });

    it('speaks the newest protocol too', async () => {
      await start();
      process.env.POSTHOG_CAPTURE_MODE = 'v1';
      const errors: unknown[] = [];
      try {
        const posthog = new PostHog('phc_test', { host: inbox.host });
        posthog.on('error', (error) => errors.push(error));
        posthog.capture({
          distinctId: 'd',
          event: 'new',
          properties: { $process_person_profile: false, $session_id: 's' },
        });
        await posthog.shutdown();
      } finally {
        delete process.env.POSTHOG_CAPTURE_MODE;
      }
      expect(errors).toEqual([]);
      const { wire } = await client.detail(1);
      expect(wire).toMatchObject({ event: 'new', properties: { $process_person_profile: false, $session_id: 's' } });
    });

    it('answers it about flags', async () => {
      await start();
      const posthog = new PostHog('phc_test', { host: inbox.host });
      expect(await posthog.getAllFlags('user-1')).toEqual({});
      await posthog.shutdown();
    });
  });

  it.each<[name: string, path: string, body: () => string | Buffer, type: string]>([
    ['JSON', '/capture/', () => eventJson, 'application/json'],
    ['JSON as text', '/e/?ip=0', () => eventJson, 'text/plain'],
    ['an array', '/i/v0/e/', () => `[${eventJson}]`, 'application/json'],
    ['gzip without a header', '/e/?compression=gzip-js', () => gzipSync(eventJson), 'text/plain'],
    ['the base64 form', '/e/?compression=base64', () => form(Buffer.from(eventJson)), formType],
    ['the base64 form, not escaped', '/e/', () => `data=${Buffer.from(eventJson).toString('base64')}`, formType],
    ['gzip in the form', '/track/', () => form(gzipSync(eventJson)), formType],
    ['the AI endpoint', '/i/v0/ai/batch/', () => batchOf(JSON.parse(eventJson) as object), 'application/json'],
  ])('reads %s', async (_name, path, body, type) => {
    await start();
    const answer = await post(path, body(), { 'content-type': type });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'Ok' }]);
    const { wire } = await client.detail(1);
    expect(wire).toMatchObject({ event: 'clicked', distinct_id: 'd-1', properties: { text: 'ü>~? +/=' } });
  });

  it('answers a beacon without a body', async () => {
    await start();
    expect((await post('/e/?beacon=1', eventJson)).status).toBe(204);
  });

  it.each<[name: string, body: string | Buffer, status: number]>([
    ['no JSON', 'hello', 400],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3]), 400],
    ['no event', '{"api_key":"phc_test","batch":[]}', 400],
    ['no key', '{"event":"e","distinct_id":"d"}', 401],
    ['a personal key', '{"api_key":"phx_1","event":"e","distinct_id":"d"}', 401],
    ['a lone surrogate', '{"api_key":"phc_test","event":"\\ud800","distinct_id":"d"}', 400],
    ['too deep', `{"api_key":"phc_test","event":"e","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 400],
    ['more than it may unpack to', gzipSync(Buffer.alloc(65 * 1024 * 1024, ' ')), 413],
    ['more than the wire takes', Buffer.alloc(21 * 1024 * 1024, ' '), 413],
  ])('refuses %s as PostHog does, and shows and forwards nothing of it', async (_name, body, status) => {
    const upstream = await startUpstream();
    await start({ forward: upstream.url });
    // A server that does not read to the end may be heard as a broken connection.
    const answered = await post('/batch/', body).then(
      (answer) => answer.status,
      () => 413,
    );
    expect(answered).toBe(status);
    expect(await client.rows()).toEqual([]);
    expect(upstream.requests).toEqual([]);
  });

  it('shows why PostHog refuses a whole batch, and forwards none of it', async () => {
    const upstream = await startUpstream();
    await start({ forward: upstream.url });
    const answer = await post(
      '/batch/',
      batchOf({ event: 'fine', distinct_id: 'd' }, { event: 'bad', distinct_id: ' ' }),
    );
    expect([answer.status, await answer.text()]).toEqual([400, 'event submitted with an empty distinct_id']);
    const rows = await client.rows();
    expect(rows.map(({ event, state }) => [event, state])).toEqual([
      ['bad', 'dropped'],
      ['fine', 'dropped'],
    ]);
    expect(rows[1]?.reason).toContain('an event beside it');
    expect(upstream.requests).toEqual([]);
  });

  describe('what it forwards', () => {
    it('are the very bytes, with the headers that PostHog reads and no cookie', async () => {
      const upstream = await startUpstream();
      await start({ forward: `${upstream.url}/ingest/` });
      const body = gzipSync(eventJson, { level: 9 });
      const headers = { 'content-type': 'text/plain', cookie: 'secret=1', 'user-agent': 'an-sdk/1' };
      await post('/e/?ip=0&compression=gzip-js', body, headers);
      await upstream.received(1);
      const [request] = upstream.requests;
      expect(request?.url).toBe('/ingest/e/?ip=0&compression=gzip-js');
      expect(request?.body.equals(body)).toBe(true);
      expect(request?.headers).toMatchObject({ 'content-type': 'text/plain', 'user-agent': 'an-sdk/1' });
      expect(request?.headers.cookie).toBeUndefined();
      await client.until((rows) => rows[0]?.state === 'delivered');
      expect(upstream.requests).toHaveLength(1);
    });

    it.each([
      ['refuses', (upstream: Upstream) => void (upstream.status = 503), 'PostHog answered 503'],
      ['is away', (upstream: Upstream) => upstream.close(), 'ECONNREFUSED'],
    ])('is told when PostHog %s, and not sent again', async (_name, fail, why) => {
      const upstream = await Upstream.start();
      const told: string[] = [];
      await start({ forward: upstream.url, onTrouble: (text) => told.push(text) });
      await fail(upstream);
      const answer = await post('/batch/', batchOf({ event: 'a', distinct_id: 'd' }, { event: 'b', distinct_id: 'd' }));
      expect(answer.status).toBe(200);
      const [row] = await client.until((rows) => rows[0]?.state === 'dropped');
      expect(row?.reason).toBe(`not forwarded: ${why}`);
      expect(told).toEqual([expect.stringMatching(new RegExp(`^2 events were shown.*${why}`))]);
      expect(upstream.requests.length).toBeLessThanOrEqual(1);
      await upstream.close();
    });

    it("also are an SDK's questions, with PostHog's answers", async () => {
      const upstream = await startUpstream();
      upstream.answer = '{"featureFlags":{"on":true}}';
      await start({ forward: upstream.url });
      const answer = await post('/flags/?v=2', '{"distinct_id":"d"}');
      expect(await answer.json()).toEqual({ featureFlags: { on: true } });
      expect(await client.rows()).toEqual([]);
      expect(upstream.requests.map(({ url }) => url)).toEqual(['/flags/?v=2']);
    });

    it('never runs as a page beside the inbox', async () => {
      const upstream = await startUpstream();
      upstream.answerType = 'text/html';
      upstream.answer = '<script>fetch("/__inbox/api/events")</script>';
      await start({ forward: upstream.url });
      const answer = await fetch(`${inbox.host}/static/evil.html`);
      expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
      expect((await fetch(`${inbox.host}/anything`)).status).toBe(404);
      expect(upstream.requests).toHaveLength(1);
    });
  });

  it('tells posthog-js a configuration without anything to load', async () => {
    await start();
    const script = await (await fetch(`${inbox.host}/array/phc_test/config.js`)).text();
    const window: { _POSTHOG_REMOTE_CONFIG?: Record<string, { config: unknown; siteApps: unknown }> } = {};
    runInNewContext(script, { window });
    const config = (await (await fetch(`${inbox.host}/array/phc_test/config`)).json()) as object;
    expect(structuredClone(window._POSTHOG_REMOTE_CONFIG?.phc_test)).toEqual({ config, siteApps: [] });
    expect((await fetch(`${inbox.host}/array/%22%3Balert(1)//config.js`)).status).toBe(404);
    expect(await (await fetch(`${inbox.host}/static/1.2.3/surveys.js?v=1`)).text()).toBe('');
  });

  describe('refuses to start', () => {
    beforeEach(() => start());

    it.each(['us.i.posthog.com', 'ftp://x', 'https://user:pw@x', 'https://x/?a=1'])(
      'with %j to forward to',
      async (forward) => {
        await expect(startStandaloneInbox({ port: 0, forward })).rejects.toThrow(InboxConfigurationError);
      },
    );

    it('with itself to forward to', async () => {
      const port = Number(new URL(inbox.host).port);
      await inbox.close();
      await expect(startStandaloneInbox({ port, forward: inbox.host })).rejects.toThrow(/NAA512/);
    });

    it('in production', async () => {
      const before = process.env.NODE_ENV;
      process.env.NODE_ENV = 'production';
      await expect(startStandaloneInbox({ port: 0 })).rejects.toThrow(/NAA511/);
      process.env.NODE_ENV = before;
    });

    it('where the port is taken', async () => {
      const port = Number(new URL(inbox.host).port);
      await expect(startStandaloneInbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    });
  });
});

const formType = 'application/x-www-form-urlencoded';
const eventJson = JSON.stringify({
  event: 'clicked',
  properties: { token: 'phc_test', distinct_id: 'd-1', text: 'ü>~? +/=' },
});

function form(bytes: Buffer): string {
  return `data=${encodeURIComponent(bytes.toString('base64'))}`;
}

/** The names of all events that were forwarded, as often as they were. */
function namesOf(upstream: Upstream): string[] {
  return upstream.captures.flatMap(({ body }) => {
    const json = (body[0] === 0x1f ? gunzipSync(body) : body).toString();
    return (JSON.parse(json) as { batch: { event: string }[] }).batch.map(({ event }) => event);
  });
}
