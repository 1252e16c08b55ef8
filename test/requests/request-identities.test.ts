import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { contextStorage } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';
import { RequestIdentities, type RequestSettings } from '../../src/requests/request-identities.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';
import { unhandledRejections } from '../support/unhandled-rejections.js';

interface Request {
  params: Record<string, string>;
  user?: { id: string };
}

describe('the session of a request, where sessions are verified', () => {
  const target = new CollectingTarget();
  const { handle, reporter } = target;
  const verifySession: RequestSettings['verifySession'] = ({ userId, sessionId }) =>
    userId === undefined || sessionId === `chat of ${userId}`;
  const identities = new RequestIdentities();
  identities.settings = { identity: undefined, verifySession, posthogHeaders: false, handle, reporter };

  const within = <T>(request: Request, work: () => T): T => {
    const frame = new Frame(undefined, {}, handle, identities.sourceFor({ transport: 'http', request }));
    return contextStorage.run(frame, work);
  };
  const session = (): unknown => AnalyticsContext.get().sessionId;
  const requestFor = (): Request => ({ params: { sessionId: 'chat of ada' } });

  it.each([
    ['ada', 'chat of ada'],
    ['mallory', null],
  ])('that was asked for before the guard is verified for the user whom it names: %s', (id, expected) => {
    const request = requestFor();
    within(request, () => {
      expect(session()).toBe('chat of ada');
      request.user = { id };
      expect(session()).toBe(expected);
    });
  });

  it.each([
    ['ada', 'chat of ada'],
    ['mallory', null],
  ])('is verified for a user whom the application sets: %s', (userId, expected) => {
    within(requestFor(), () => {
      expect(session()).toBe('chat of ada');
      AnalyticsContext.set({ userId });
      expect(session()).toBe(expected);
    });
  });

  it('is withdrawn in a call that had begun before the user was known', () => {
    const request = requestFor();
    const inside = trackedRun(target, () => {
      request.user = { id: 'mallory' };
      return session();
    });
    expect(within(request, inside)).toBeNull();
  });

  it('is withdrawn where the claim can no longer be read when the user is known', () => {
    const request = requestFor();
    within(request, () => {
      expect(session()).toBe('chat of ada');
      Object.assign(request, { params: {}, user: { id: 'mallory' } });
      expect(session()).toBeNull();
    });
  });

  it('stays where the application has set it', () => {
    const request = requestFor();
    within(request, () => {
      request.user = { id: 'mallory' };
      AnalyticsContext.set({ sessionId: 'chat of mallory' });
      expect(session()).toBe('chat of mallory');
    });
  });
});

describe('an answer that is no use', () => {
  const refuse = (): never => {
    throw new RangeError('late');
  };
  const settingsOf = (target: CollectingTarget, more: Partial<RequestSettings>): RequestSettings => {
    const { handle, reporter } = target;
    return { identity: undefined, verifySession: undefined, posthogHeaders: true, handle, reporter, ...more };
  };
  const valuesOf = (settings: RequestSettings, request: object): unknown => {
    const identities = new RequestIdentities();
    identities.settings = settings;
    return identities.sourceFor({ transport: 'http', request })();
  };

  it('counts as unknown where a field of it throws, told once', () => {
    const target = new CollectingTarget();
    const identity = (): object => Object.defineProperty({ userId: 'ada' }, 'sessionId', { get: refuse });
    expect(valuesOf(settingsOf(target, { identity }), {})).toEqual({ trigger: 'chat' });
    expect(target.reporter.codes).toEqual(['NAA102']);
  });

  it('is copied at once, with what can be read of its properties', () => {
    const cart = { items: 1 };
    const properties = Object.defineProperty({ cart }, 'plan', { get: refuse, enumerable: true });
    const values = valuesOf(settingsOf(new CollectingTarget(), { identity: () => ({ properties }) }), {});
    cart.items = 99;
    expect(values).toMatchObject({ properties: { cart: { items: 1 }, plan: '[Threw]' } });
  });

  it('is no reason to fail where the request refuses to be read', () => {
    const request = Object.defineProperty({}, 'headers', { get: refuse });
    const identity = (): object => ({ userId: 'ada' });
    expect(valuesOf(settingsOf(new CollectingTarget(), { identity }), request)).toMatchObject({ userId: 'ada' });
  });

  it('refuses the session where verifySession answers with a promise, whose failure is nobody’s', async () => {
    const target = new CollectingTarget();
    const verifySession = (() => Promise.reject(new Error('no database'))) as unknown as () => boolean;
    const settings = settingsOf(target, { verifySession });
    const unhandled = await unhandledRejections(() => {
      expect(valuesOf(settings, { params: { sessionId: 's1' } })).toMatchObject({ sessionId: null });
    });
    expect(unhandled).toEqual([]);
    expect(target.reporter.codes).toEqual(['NAA103']);
  });
});
