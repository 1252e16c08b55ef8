import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  AnalyticsInbox,
  AnalyticsInboxModule,
  InboxConfigurationError,
  type InboxOptions,
} from '../../src/inbox/index.js';
import { startInboxApp } from './inbox-app.js';

describe('AnalyticsInboxModule', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('refuses to start in production without a guard', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const started = startInboxApp();
    await expect(started).rejects.toThrow(InboxConfigurationError);
    await expect(started).rejects.toThrow(/NAA502 .*guard: AdminGuard/);
  });

  it('starts in production with a guard, and with a token that is not kept', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const first = await startInboxApp({ inbox: { guard: { canActivate: () => true } } });
    const second = await startInboxApp({ inbox: { guard: { canActivate: () => true } } });
    expect(first.token).not.toBe(second.token);
    expect((await fetch(first.url)).status).toBe(200);
    await Promise.all([first.close(), second.close()]);
  });

  it('starts in production where it is switched off, and answers nothing', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    @Module({ imports: [AnalyticsInboxModule.forRoot({ enabled: false })] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0);
    expect(app.get(AnalyticsInbox).url).toBeNull();
    expect((await fetch(`${await app.getUrl()}/__inbox`)).status).toBe(404);
    await app.close();
  });

  it('says that it needs AnalyticsModule', async () => {
    @Module({ imports: [AnalyticsInboxModule.forRoot()] })
    class AppModule {}
    const created = NestFactory.create(AppModule, { logger: false, abortOnError: false }).then((app) => app.init());
    await expect(created).rejects.toThrow(/NAA503/);
  });

  it.each([
    ['path', { path: '__inbox' }],
    ['path', { path: '/' }],
    ['path', { path: '/a b' }],
    ['maxEvents', { maxEvents: 0 }],
    ['maxBytes', { maxBytes: 1_000_000 }],
    ['token', { token: 'short' }],
    ['enabled', { enabled: 'nope' }],
    ['guard', { guard: 42 }],
    ['allowedHosts', { allowedHosts: 'localhost' }],
    ['maxEvent', { maxEvent: 5 }],
  ])('names a malformed or unknown %s', (option, options) => {
    expect(() => AnalyticsInboxModule.forRoot(options as InboxOptions)).toThrow(
      new RegExp(`NAA501 The option ${option} `),
    );
  });

  it('takes its token from the options or the environment', async () => {
    vi.stubEnv('ANALYTICS_INBOX_TOKEN', 'from-the-environment');
    const inEnvironment = await startInboxApp();
    const inCode = await startInboxApp({ inbox: { token: 'from-the-options-1' } });
    expect([inEnvironment.token, inCode.token]).toEqual(['from-the-environment', 'from-the-options-1']);
    await Promise.all([inEnvironment.close(), inCode.close()]);
  });

  it('prints one address that opens it', async () => {
    const lines: string[] = [];
    const logger = { log: (line: string) => void lines.push(line), warn: () => undefined, error: () => undefined };
    const inbox = await startInboxApp({ prepare: (app) => app.useLogger(logger) });
    const printed = lines.filter((line) => line.includes('token='));
    expect(printed).toEqual([`Inbox: ${inbox.url}`]);
    expect(inbox.app.get(AnalyticsInbox).pathWithToken).toBe(`/__inbox/?token=${inbox.token}`);
    await inbox.close();
  });
});
