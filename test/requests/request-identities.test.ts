import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { contextStorage } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';
import { RequestIdentities, type RequestSettings } from '../../src/requests/request-identities.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

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
