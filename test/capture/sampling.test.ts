import { describe, expect, it } from 'vitest';
import { isSampled } from '../../src/capture/sampling.js';

const sessions = Array.from({ length: 20_000 }, (_, i) => `session-${i}`);

describe('isSampled', () => {
  it('decides the same for a session each time', () => {
    for (const session of sessions.slice(0, 100)) {
      expect(isSampled(session, 0.5)).toBe(isSampled(session, 0.5));
    }
  });

  it.each([0.01, 0.1, 0.5, 0.9])('keeps about the share %d, also of ids that are alike', (rate) => {
    const kept = sessions.filter((session) => isSampled(session, rate)).length / sessions.length;
    expect(Math.abs(kept - rate)).toBeLessThan(0.02);
  });

  it('keeps at a higher rate what it keeps at a lower one', () => {
    const low = sessions.filter((session) => isSampled(session, 0.2));
    expect(low.every((session) => isSampled(session, 0.4))).toBe(true);
  });

  it('keeps all at 1 and none at 0, with or without a session', () => {
    for (const session of [...sessions.slice(0, 100), null, undefined, 7]) {
      expect(isSampled(session, 1)).toBe(true);
      expect(isSampled(session, 0)).toBe(false);
    }
  });
});
