import { describe, expect, it } from 'vitest';
import { defaultIdentity, posthogHeaders } from '../../src/requests/request-identity.js';

const http = (request: object) => defaultIdentity({ transport: 'http', request });

describe('the default user', () => {
  it.each([
    [{ id: 'u1', sub: 'u2', userId: 'u3' }, 'u1'],
    [{ sub: 'u2', userId: 'u3' }, 'u2'],
    [{ userId: 'u3' }, 'u3'],
    [{ id: 7 }, 7],
    [{ id: '  ', sub: 'u2' }, 'u2'],
    [{ id: { toString: () => 'u1' } }, undefined],
    [{}, undefined],
    [undefined, undefined],
    ['ada', undefined],
  ])('of request.user %j is %j', (user, expected) => {
    expect(http({ user })?.userId).toBe(expected);
  });

  it('is found on a WebSocket client, on node’s own request under Fastify, and never over RPC', () => {
    expect(defaultIdentity({ transport: 'ws', client: { data: { user: { id: 'u1' } } } })?.userId).toBe('u1');
    expect(http({ raw: { user: { id: 'u1' } } })?.userId).toBe('u1');
    expect(defaultIdentity({ transport: 'rpc', request: { user: { id: 'u1' } } })?.userId).toBeUndefined();
  });

  it('is never taken from a header or a body', () => {
    const body = { user: 'u1', userId: 'u1', user_id: 'u1', distinct_id: 'u1' };
    expect(http({ headers: { 'x-user-id': 'u1', 'x-posthog-distinct-id': 'u1' }, body })?.userId).toBeUndefined();
  });
});

describe('the default session', () => {
  it.each([
    ['the route before the body', { params: { chatId: 'c' }, body: { conversationId: 'b' } }, 'c'],
    ['sessionId first in the route', { params: { threadId: 't', sessionId: 's' } }, 's'],
    ['conversationId first in the body', { body: { session_id: 's', conversationId: 'c' } }, 'c'],
    ['chatId in the body', { body: { chatId: 'c' } }, 'c'],
    ['threadId in the body', { body: { threadId: 't' } }, 't'],
    ['session_id in the body', { body: { session_id: 's' } }, 's'],
    ['id beside messages, as the AI SDK sends it', { body: { id: 'c', messages: [] } }, 'c'],
    ['no id without messages', { body: { id: 'c' } }, undefined],
    ['sessionId in the body last', { body: { id: 'c', messages: [], sessionId: 's' } }, 'c'],
    ['sessionId in the body', { body: { sessionId: 's' } }, 's'],
    ['a numeric id', { params: { sessionId: 5 } }, 5],
    ['nothing without a body', {}, undefined],
  ])('%s', (_, request, expected) => {
    expect(http(request)?.sessionId).toBe(expected);
  });

  it('is not PostHog’s web session, which posthog-js may put into a body', () => {
    const headers = { 'x-posthog-session-id': 'web-1' };
    expect(http({ headers, body: { sessionId: 'web-1' } })?.sessionId).toBeUndefined();
    expect(http({ headers, body: { sessionId: 'chat-1' } })?.sessionId).toBe('chat-1');
  });

  it('is read from a WebSocket message and from a resolver’s arguments', () => {
    expect(defaultIdentity({ transport: 'ws', data: { chatId: 'c' } })?.sessionId).toBe('c');
    expect(defaultIdentity({ transport: 'graphql', data: { sessionId: 's' } })?.sessionId).toBe('s');
  });
});

describe('posthog-js’s headers', () => {
  it('name the web session and the anonymous id', () => {
    const headers = { 'x-posthog-session-id': 'web-1', 'x-posthog-distinct-id': 'anon-1' };
    expect(posthogHeaders({ headers })).toEqual({ webSessionId: 'web-1', anonymousId: 'anon-1' });
  });

  it('are nothing where they are blank, doubled or absent', () => {
    expect(posthogHeaders({ headers: { 'x-posthog-session-id': ' ', 'x-posthog-distinct-id': ['a', 'b'] } })).toEqual(
      {},
    );
    expect(posthogHeaders({})).toEqual({});
    expect(posthogHeaders(undefined)).toEqual({});
  });
});
