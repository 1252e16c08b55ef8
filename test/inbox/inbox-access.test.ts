import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseByOrigin } from '../../src/inbox/inbox-access.js';
import { startInboxApp, type AdapterName, type InboxApp, type InboxAppOptions } from './inbox-app.js';
import { sampleEvent } from './sample-events.js';
import { statusOf } from './status-of.js';

describe.each<AdapterName>(['express', 'fastify'])('who may see the inbox on %s', (adapter) => {
  let inbox: InboxApp | undefined;
  const start = async (options: InboxAppOptions = {}): Promise<InboxApp> =>
    (inbox = await startInboxApp({ adapter, ...options }));
  afterEach(async () => {
    await inbox?.close();
    inbox = undefined;
  });

  it('is opened by the boot URL, and then by its cookie', async () => {
    const { url, origin } = await start();
    const opened = await fetch(url);
    expect(opened.status).toBe(200);
    expect(await opened.text()).toContain('<div id="app">');
    const cookie = opened.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^agent_inbox_[0-9a-f]{8}=[\w-]{43}; Path=\/__inbox; HttpOnly; SameSite=Strict$/);
    for (const path of ['/', '/app.js', '/app.css', '/icon.svg', '/api/events']) {
      const answer = await fetch(`${origin}/__inbox${path}`, { headers: { cookie: cookie.split(';')[0] ?? '' } });
      expect(answer.status, path).toBe(200);
    }
  });

  it('answers 403 on every route without the token', async () => {
    const { origin, ask } = await start();
    const api = ['events', 'events/1', 'events/1/copy/curl', 'stream', 'search', 'problems', 'conversations/s1'];
    for (const path of ['', '/', '/app.js', '/nowhere', ...api.map((route) => `/api/${route}`)]) {
      expect((await fetch(`${origin}/__inbox${path}`)).status, path).toBe(403);
    }
    expect((await fetch(`${origin}/__inbox/?token=wrong`)).status).toBe(403);
    expect((await ask('/api/events', { headers: { authorization: 'Bearer wrong' } })).status).toBe(403);
    expect((await ask('/api/events', { headers: { cookie: 'agent_inbox_00000000=x' } })).status).toBe(403);
    expect((await fetch(`${origin}/__inbox/api/clear`, { method: 'POST' })).status).toBe(403);
  });

  it('takes the token in the address of the page only', async () => {
    const { origin, token } = await start();
    expect((await fetch(`${origin}/__inbox/api/events?token=${token}`)).status).toBe(403);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '192.168.1.5:3000',
    'localhost@evil.example',
    '127.0.0.1.evil.example',
  ])('answers 403 to the Host %j, token or not', async (host) => {
    const { origin, token } = await start();
    expect(await statusOf(`${origin}/__inbox/api/events`, { host, authorization: `Bearer ${token}` })).toBe(403);
  });

  it.each(['localhost:1234', '127.0.0.1', '[::1]:80', 'app.localhost:3000', 'LOCALHOST'])(
    'answers to the Host %j',
    async (host) => {
      const { origin, token } = await start();
      expect(await statusOf(`${origin}/__inbox/api/events`, { host, authorization: `Bearer ${token}` })).toBe(200);
    },
  );

  it('answers to a name that was allowed', async () => {
    const { origin, token } = await start({ inbox: { allowedHosts: ['my-box'] } });
    const headers = { host: 'my-box:3000', authorization: `Bearer ${token}` };
    expect(await statusOf(`${origin}/__inbox/api/events`, headers)).toBe(200);
  });

  it.each(['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'cf-connecting-ip', 'via'])(
    'answers 403 to a request with %s',
    async (name) => {
      const { ask, token } = await start();
      const answer = await ask('/api/events', { headers: { [name]: '127.0.0.1', authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('guard');
    },
  );

  it.each<[name: string, headers: Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
    ['another origin', { origin: 'http://localhost:1' }],
    ['an opaque origin', { origin: 'null' }],
  ])('lets %s read and change nothing, with the token', async (_name, headers) => {
    const { ask, token, tap } = await start();
    void tap.write([sampleEvent()]);
    const all = { ...headers, authorization: `Bearer ${token}` };
    expect((await ask('/api/events', { headers: all })).status).toBe(403);
    expect((await ask('/api/clear', { method: 'POST', headers: all })).status).toBe(403);
    expect(await pageOf(inbox)).toMatchObject({ total: 1 });
  });

  it('changes nothing for a browser that does not say from where it asks', async () => {
    const { origin, url, tap } = await start();
    void tap.write([sampleEvent()]);
    const cookie = ((await fetch(url)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const clear = (headers: Record<string, string>): Promise<number> =>
      statusOf(`${origin}/__inbox/api/clear`, { cookie, ...headers }, 'POST');
    expect(await clear({})).toBe(403);
    expect(await clear({ origin: 'https://evil.example' })).toBe(403);
    expect(await pageOf(inbox)).toMatchObject({ total: 1 });
    expect(await clear({ origin })).toBe(200);
    expect(await pageOf(inbox)).toMatchObject({ total: 0 });
  });

  it('is opened by a link from elsewhere, where it carries the token', async () => {
    const { url } = await start();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(await statusOf(url, headers)).toBe(200);
  });

  it('undoes what the application allows to other origins', async () => {
    const { ask, token } = await start({ prepare: (app) => app.enableCors({ origin: true, credentials: true }) });
    const headers = { origin: inbox?.origin ?? '', authorization: `Bearer ${token}` };
    const answer = await ask('/api/events', { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers under a strict policy', async () => {
    const { ask } = await start();
    for (const path of ['/', '/app.js', '/api/events', '/nowhere']) {
      const { headers } = await ask(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toContain('no-store');
    }
  });
});

describe('from which machine the inbox is asked', () => {
  const ask = (
    address: string | undefined,
    host: string,
    rules: { allowedHosts?: string[]; hasGuard?: boolean } = {},
  ) => {
    const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: address });
    const request = Object.assign(new IncomingMessage(socket), { method: 'GET', headers: { host } });
    return refuseByOrigin(request, false, { allowedHosts: [], hasGuard: false, ...rules });
  };

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('it may be this one, %s', (address) => {
    expect(ask(address, 'localhost:3000')).toBeUndefined();
  });

  it.each(['192.168.1.7', '172.17.0.1', '::ffff:172.17.0.1', 'fe80::1', '2001:db8::127.0.0.1', undefined])(
    'it may not be %s, though it says localhost, unless that name is allowed or there is a guard',
    (address) => {
      const refusal = ask(address, 'localhost:3000');
      expect(refusal?.status).toBe(403);
      expect(refusal?.text).toContain('allowedHosts: ["localhost"] }), or configure a guard');
      expect(ask(address, 'localhost:3000', { allowedHosts: ['my-box'] })?.status).toBe(403);
      expect(ask(address, 'localhost:3000', { allowedHosts: ['localhost'] })).toBeUndefined();
      expect(ask(address, 'app.example', { hasGuard: true })).toBeUndefined();
    },
  );

  it('says which one it was', () => {
    expect(ask('172.17.0.1', 'localhost')?.text).toContain('(172.17.0.1)');
  });
});

async function pageOf(inbox: InboxApp | undefined): Promise<unknown> {
  return (await inbox?.ask('/api/events'))?.json();
}
