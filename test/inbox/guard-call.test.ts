import { Inject, Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { EMPTY, of } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { startInboxApp, type AdapterName, type InboxApp, type InboxAppOptions } from './inbox-app.js';
import { statusOf } from './status-of.js';

describe.each<AdapterName>(['express', 'fastify'])('a guard of the application before the inbox on %s', (adapter) => {
  let inbox: InboxApp | undefined;
  const start = async (options: InboxAppOptions = {}): Promise<InboxApp> =>
    (inbox = await startInboxApp({ adapter, ...options }));
  afterEach(async () => {
    await inbox?.close();
    inbox = undefined;
  });

  @Injectable()
  class AdminGuard implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
      if (headers['x-admin'] === undefined) throw new UnauthorizedException();
      return headers['x-admin'] === 'yes';
    }
  }

  it('asks it on every route, beside the token', async () => {
    const { ask, token, origin } = await start({ inbox: { guard: AdminGuard } });
    const authorization = `Bearer ${token}`;
    expect((await ask('/api/events', { headers: { authorization } })).status).toBe(401);
    expect((await ask('/api/events', { headers: { authorization, 'x-admin': 'no' } })).status).toBe(403);
    expect((await ask('/api/events', { headers: { authorization, 'x-admin': 'yes' } })).status).toBe(200);
    expect(await statusOf(`${origin}/__inbox/`, { 'x-admin': 'yes' })).toBe(403);
  });

  it('may be reached through a proxy', async () => {
    const { origin, token } = await start({ inbox: { guard: AdminGuard } });
    const headers = { host: 'app.example', 'x-forwarded-for': '10.0.0.1', 'x-admin': 'yes' };
    expect(await statusOf(`${origin}/__inbox/api/events`, { ...headers, authorization: `Bearer ${token}` })).toBe(200);
  });

  describe('behind a proxy', () => {
    /** As a proxy asks that rewrites Host, which nginx does unless it is told otherwise. */
    const proxied = { host: 'upstream:3000', 'x-forwarded-for': '10.0.0.1', 'x-admin': 'yes' };

    it('is cleared by its own page, and by no other', async () => {
      const { origin, token } = await start({ inbox: { guard: AdminGuard } });
      const clear = (site: string): Promise<number> => {
        const headers = { ...proxied, authorization: `Bearer ${token}`, origin: 'https://app.example' };
        return statusOf(`${origin}/__inbox/api/clear`, { ...headers, 'sec-fetch-site': site }, 'POST');
      };
      expect(await clear('same-origin')).toBe(200);
      expect(await clear('same-site')).toBe(403);
      expect(await clear('none')).toBe(403);
    });

    it.each([
      ['https', true],
      ['https, http', true],
      ['http', false],
      ['http, https', false],
      [undefined, false],
    ])('has a cookie for TLS only where the browser speaks TLS to it: %s', async (protocol, isSecure) => {
      const { url } = await start({ inbox: { guard: AdminGuard } });
      const headers = { 'x-admin': 'yes', ...(protocol !== undefined && { 'x-forwarded-proto': protocol }) };
      const cookie = (await fetch(url, { headers })).headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict/);
      expect(cookie.endsWith('; Secure')).toBe(isSecure);
    });
  });

  it('makes it with what it injects', async () => {
    @Injectable()
    class SecretGuard implements CanActivate {
      constructor(@Inject('SECRET') private readonly secret: string) {}

      canActivate(context: ExecutionContext): boolean {
        const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
        return headers['x-secret'] === this.secret;
      }
    }
    const providers = [SecretGuard, { provide: 'SECRET', useValue: 'open sesame' }];
    const { ask, token } = await start({ inbox: { guard: SecretGuard }, providers });
    const headers = { authorization: `Bearer ${token}`, 'x-secret': 'open sesame' };
    expect((await ask('/api/events', { headers })).status).toBe(200);
    expect((await ask('/api/events')).status).toBe(403);
  });

  it.each<[name: string, answer: ReturnType<CanActivate['canActivate']>, status: number]>([
    ['later', Promise.resolve(true), 200],
    ['later, no', Promise.resolve(false), 403],
    ['as an Observable', of(true), 200],
    ['as an Observable, no', of(false), 403],
    ['never', EMPTY, 403],
  ])('takes an answer that comes %s', async (_name, answer, status) => {
    const { ask } = await start({ inbox: { guard: { canActivate: () => answer } } });
    expect((await ask('/api/events')).status).toBe(status);
  });
});
