import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents } from '../../src/event/catalog.js';

const catalog = defineEvents({
  plan_upgraded: z.strictObject({ plan: z.enum(['pro', 'team']), seats: z.number().optional() }),
  call_ended: z.strictObject({ outcome: z.string(), where: z.object({ city: z.string() }) }),
  async_event: z.object({ a: z.string().refine(() => Promise.resolve(true)) }),
});

describe('Catalog.check', () => {
  it('is content with what is declared', () => {
    expect(catalog.check('plan_upgraded', { plan: 'pro' })).toStrictEqual([]);
  });

  it('names each property that is not as declared', () => {
    const violations = catalog.check('plan_upgraded', { plan: 'free', seats: '3', colour: 'red' });
    expect(violations).toHaveLength(3);
    expect(violations.join('\n')).toMatch(/plan: .*\n?[^]*seats: [^]*colour/);
    expect(catalog.check('call_ended', { outcome: 'x', where: { city: 5 } })).toStrictEqual([
      expect.stringMatching(/^where\.city: /),
    ]);
  });

  it('overlooks what the library adds, also under a strict schema', () => {
    const added = { session_id: 's', is_anonymous: false, outcome: 'success', $lib: 'x', group_company: 'acme' };
    expect(catalog.check('plan_upgraded', { plan: 'pro', ...added })).toStrictEqual([]);
  });

  it('sees a property of the library that the event itself declares', () => {
    expect(catalog.check('call_ended', { outcome: 'x', where: { city: 'Bern' } })).toStrictEqual([]);
    expect(catalog.check('call_ended', { outcome: 5, where: { city: 'Bern' } })).not.toStrictEqual([]);
  });

  it("knows the library's own events and PostHog's, and no others", () => {
    expect(catalog.check('copilot_tool_called', {})).toStrictEqual([]);
    expect(catalog.check('chat_tool_called', {}, 'chat_')).toStrictEqual([]);
    expect(catalog.check('$ai_generation', {})).toStrictEqual([]);
    expect(catalog.check('chat_tool_called', {})).toStrictEqual(['it is not declared in the catalog']);
    expect(catalog.check('copilot_toString', {})).toHaveLength(1);
    expect(catalog.check('constructor', {})).toHaveLength(1);
  });

  it('says of an asynchronous schema that it is none, and lets no rejection escape', async () => {
    const escaped: unknown[] = [];
    process.on('unhandledRejection', (error) => escaped.push(error));
    const rejecting = {
      '~standard': { version: 1, vendor: 'x', validate: () => Promise.reject(new Error('no')) },
    } as const;
    expect(defineEvents({ e: rejecting }).check('e', {})).toStrictEqual([expect.stringContaining('asynchronous')]);
    expect(catalog.check('async_event', { a: 'x' })).toHaveLength(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(escaped).toStrictEqual([]);
  });

  it('says of a schema that throws what it threw', () => {
    const throwing = { '~standard': { version: 1, vendor: 'x', validate: () => { throw new TypeError('no'); } } } as const; // prettier-ignore
    expect(defineEvents({ e: throwing }).check('e', {})).toStrictEqual(['its schema threw TypeError']);
  });
});
