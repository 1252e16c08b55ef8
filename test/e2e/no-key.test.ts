import { expect, it } from 'vitest';
import { FixtureProcess } from '../support/fixture-process.js';

const resourcesOf = async (env: Record<string, string>) => {
  const app = new FixtureProcess('no-key', { POSTHOG_API_KEY: '', ...env });
  const interceptors = await app.line('interceptors');
  const resources = JSON.parse(await app.line('resources')) as Record<string, number>;
  await app.ended();
  return { resources, interceptors };
};

it('without a key the module makes no timer, immediate, socket or thread', async () => {
  const bare = await resourcesOf({ MODULE: 'without' });
  const off = await resourcesOf({ MODULE: 'with' });
  // Nest binds a function for each call of an interceptor, which a tracked handler has with and without the module.
  expect(bare.resources).toEqual({ 'bound-anonymous-fn': 10 });
  // One object that stands for the root context; it waits for nothing.
  expect(off.resources).toEqual({ ...bare.resources, 'nestjs-agent-analytics:runtime': 1 });
  expect(off.interceptors).toBe('[]');
});

it('with a key it does: the look finds what is there', async () => {
  const on = await resourcesOf({
    MODULE: 'with',
    POSTHOG_API_KEY: 'phc_on',
    POSTHOG_HOST: 'http://127.0.0.1:9',
    ANALYTICS_SHUTDOWN_TIMEOUT_MS: '100',
  });
  expect(on.resources).toMatchObject({ Timeout: expect.any(Number) as number, TCPWRAP: expect.any(Number) as number });
  expect(on.interceptors).toBe('[]');
});
