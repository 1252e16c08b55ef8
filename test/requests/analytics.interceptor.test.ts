import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { firstValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import type { AnalyticsContextValues } from '../../src/context/context-values.js';
import { AnalyticsInterceptor } from '../../src/requests/analytics.interceptor.js';
import { RequestIdentities } from '../../src/requests/request-identities.js';
import type { IdentityInput, ResolvedIdentity } from '../../src/requests/request-identity.js';
import { CollectingTarget } from '../support/capture-target.js';

/** The context of a handler that is reached in this way. */
function contextOf(
  type: string,
  args: unknown[],
  identity?: (input: IdentityInput) => ResolvedIdentity,
): Promise<AnalyticsContextValues> {
  const { handle, reporter } = new CollectingTarget();
  const identities = new RequestIdentities();
  identities.settings = { identity, verifySession: undefined, posthogHeaders: false, handle, reporter };
  const context = new ExecutionContextHost(args);
  context.setType(type);
  const handler = { handle: () => of(AnalyticsContext.get()) };
  return firstValueFrom(
    new AnalyticsInterceptor(identities).intercept(context, handler),
  ) as Promise<AnalyticsContextValues>;
}

describe('a handler that is reached', () => {
  const payload = { user: { id: 'mallory' }, params: { sessionId: 'p' }, body: { chatId: 'b' }, conversationId: 'c1' };

  it('by HTTP has the request’s user', async () => {
    expect(await contextOf('http', [payload, {}])).toMatchObject({
      userId: 'mallory',
      sessionId: 'p',
      trigger: 'chat',
    });
  });

  it.each(['rpc', 'rmq', 'telegraf', 'necord'])(
    'by %s takes no user from what came in, and is no chat',
    async (type) => {
      expect(await contextOf(type, [payload, {}])).toEqual({ userId: null, sessionId: 'c1' });
    },
  );

  it('in a way of its own is the application’s to identify, as an RPC', async () => {
    const seen: unknown[] = [];
    const values = await contextOf('rmq', [payload], ({ transport, data, request, executionContext }) => {
      seen.push(transport, data, request, executionContext?.getType<string>());
      return { userId: 'ada' };
    });
    expect(values.userId).toBe('ada');
    expect(seen).toEqual(['rpc', payload, undefined, 'rmq']);
  });
});

it('A handler is reached also where its context refuses to be read', async () => {
  const { handle, reporter } = new CollectingTarget();
  const identities = new RequestIdentities();
  identities.settings = { identity: undefined, verifySession: undefined, posthogHeaders: false, handle, reporter };
  const context = new ExecutionContextHost([]);
  context.getType = () => {
    throw new Error('no type');
  };
  const answer = new AnalyticsInterceptor(identities).intercept(context, { handle: () => of('answer') });
  expect(await firstValueFrom(answer)).toBe('answer');
});
