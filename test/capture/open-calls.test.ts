import { describe, expect, it } from 'vitest';
import { OpenCalls, type OpenCall } from '../../src/capture/open-calls.js';
import type { Clock } from '../../src/event/clock.js';

const clockAt = (time: { ms: number }): Clock => ({
  now: () => time.ms,
  monotonic: () => time.ms,
  setTimer: () => ({ cancel: () => undefined }),
});
const callFrom = (startedAt: number, told: string[], name: string): OpenCall => ({
  startedAt,
  olderCall: undefined,
  newerCall: undefined,
  finish: (outcome, reason) => void told.push([name, outcome, reason].filter(Boolean).join(' ')),
});

describe('OpenCalls', () => {
  it('emits the oldest as abandoned beyond its bound', () => {
    const told: string[] = [];
    const calls = new OpenCalls(clockAt({ ms: 0 }), 2);
    for (const name of ['a', 'b', 'c']) calls.add(callFrom(0, told, name));
    expect(told).toEqual(['a abandoned']);
    expect(calls.size).toBe(2);
  });

  it('emits what is too old as abandoned, and only that', () => {
    const told: string[] = [];
    const time = { ms: 0 };
    const calls = new OpenCalls(clockAt(time), 10, 1_000);
    calls.add(callFrom(0, told, 'old'));
    calls.add(callFrom(900, told, 'young'));
    time.ms = 1_500;
    calls.sweep();
    expect(told).toEqual(['old abandoned']);
    expect(calls.size).toBe(1);
  });

  it('ends all of them at shutdown, and forgets those that ended by themselves', () => {
    const told: string[] = [];
    const calls = new OpenCalls(clockAt({ ms: 0 }));
    const ended = callFrom(0, told, 'ended');
    calls.add(ended);
    calls.add(callFrom(0, told, 'open'));
    calls.remove(ended);
    calls.remove(ended);
    calls.finishAll();
    expect(told).toEqual(['open aborted shutdown']);
    expect(calls.size).toBe(0);
  });
});
