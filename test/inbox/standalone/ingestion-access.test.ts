import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandaloneInbox, type StandaloneInbox } from '../../../src/inbox/standalone/standalone-inbox.js';
import { statusOf } from '../status-of.js';
import { InboxClient } from './inbox-client.js';

describe('who may send events to the stand-alone inbox', () => {
  let inbox: StandaloneInbox;
  const body = JSON.stringify({ api_key: 'phc_test', event: 'e', distinct_id: 'd' });

  beforeEach(async () => {
    inbox = await startStandaloneInbox({ port: 0 });
  });
  afterEach(() => inbox.close());

  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${inbox.host}/e/`, { method: 'POST', body, headers });
  const count = async (): Promise<number> => (await new InboxClient(inbox).rows()).length;

  it.each(['http://localhost:3000', 'http://127.0.0.1', 'https://app.localhost:8443', 'http://[::1]:3000'])(
    'a page of %s, which may read the answer',
    async (origin) => {
      const answer = await post({ origin, 'sec-fetch-site': 'cross-site' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(await count()).toBe(1);
    },
  );

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a name that looks like localhost', { origin: 'http://localhost.evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['an extension', { origin: 'chrome-extension://localhost' }],
    ['a browser that says no origin', { 'sec-fetch-site': 'cross-site' }],
    ['a proxy', { 'x-forwarded-for': '127.0.0.1' }],
  ])('not %s', async (_name, headers) => {
    const answer = await post(headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await count()).toBe(0);
  });

  it('not under a foreign Host', async () => {
    expect(await statusOf(`${inbox.host}/flags`, { host: 'evil.example' }, 'POST')).toBe(403);
    expect(await statusOf(`${inbox.host}/flags`, { host: 'localhost' }, 'POST')).toBe(200);
  });

  it('says what a page may send, to pages of this machine only', async () => {
    const ask = (origin: string): Promise<Response> =>
      fetch(`${inbox.host}/e/`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-headers': 'content-type, x-posthog-session-id' },
      });
    const answer = await ask('http://localhost:3000');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type, x-posthog-session-id');
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect((await ask('https://evil.example')).status).toBe(403);
  });

  it('lets nobody read the inbox by that way', async () => {
    const origin = 'http://localhost:3000';
    const headers = { origin, authorization: `Bearer ${inbox.token}` };
    for (const path of ['', '/', '/api/events', '/api/stream']) {
      expect((await fetch(`${inbox.host}/__inbox${path}`)).status, path).toBe(403);
    }
    const answer = await fetch(`${inbox.host}/__inbox/api/events`, { headers });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
