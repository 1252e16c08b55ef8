import { describe, expect, it } from 'vitest';
import { openRouterTracingFields } from '../../src/event/open-router.js';

const call = { userId: 'user_1', sessionId: 'session-1', environment: 'production' };
const fields = {
  user: 'user_1',
  session_id: 'session-1',
  posthogDistinctId: 'user_1',
  posthogProperties: { environment: 'production' },
};

describe('openRouterTracingFields', () => {
  it.each([
    {},
    { provider: 'openrouter' },
    { provider: 'openrouter.chat' },
    { provider: 'OpenRouter' },
    { baseURL: 'https://openrouter.ai/api/v1' },
    { baseURL: 'https://eu.openrouter.ai' },
    { provider: 'openrouter', baseURL: 'https://openrouter.ai/api/v1' },
  ])('names user and session to OpenRouter (%o)', (target) => {
    expect(openRouterTracingFields({ ...call, ...target })).toStrictEqual(fields);
  });

  it.each([
    { provider: 'openai' },
    { provider: 'openrouterish' },
    { provider: '' },
    { baseURL: 'https://api.openai.com/v1' },
    { baseURL: 'https://openrouter.ai.evil.example' },
    { baseURL: 'https://notopenrouter.ai' },
    { baseURL: 'no url' },
    { provider: 'openrouter', baseURL: 'http://localhost:11434' },
  ])('adds nothing for another provider (%o)', (target) => {
    expect(openRouterTracingFields({ ...call, ...target })).toStrictEqual({});
  });

  it.each([undefined, null, '', 'null', 'anonymous'])('leaves out the user where there is none (%o)', (userId) => {
    expect(openRouterTracingFields({ ...call, userId })).toStrictEqual({
      session_id: 'session-1',
      posthogProperties: { environment: 'production' },
    });
  });

  it('leaves out a session that is unknown', () => {
    expect(openRouterTracingFields({ environment: 'test' })).toStrictEqual({
      posthogProperties: { environment: 'test' },
    });
  });

  it('hashes ids of more than 128 characters apart, and keeps the whole distinct id', () => {
    const [a, b] = ['a', 'b'].map((end) => openRouterTracingFields({ ...call, userId: 'x'.repeat(128) + end, sessionId: 's'.repeat(128) + end })); // prettier-ignore
    expect(a?.user).toMatch(/^[0-9a-f]{32}$/);
    expect(a?.session_id).toMatch(/^[0-9a-f]{32}$/);
    expect(a?.user).not.toBe(b?.user);
    expect(a?.session_id).not.toBe(b?.session_id);
    expect(a?.posthogDistinctId).toBe(`${'x'.repeat(128)}a`);
    expect(openRouterTracingFields({ ...call, userId: 'x'.repeat(128) }).user).toBe('x'.repeat(128));
  });
});
