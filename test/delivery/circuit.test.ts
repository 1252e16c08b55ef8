import { beforeEach, describe, expect, it } from 'vitest';
import { Circuit } from '../../src/delivery/circuit.js';
import { FakeClock } from '../support/fake-clock.js';

describe('Circuit', () => {
  let clock: FakeClock;
  let circuit: Circuit;
  beforeEach(() => {
    clock = new FakeClock();
    circuit = new Circuit(clock, () => 1);
  });

  it('allows four at once while all is well, and one at a time after the pause in trouble', () => {
    expect([0, 3, 4].map((inFlight) => circuit.allows(inFlight))).toEqual([true, true, false]);
    circuit.failed('backoff', false);
    expect(circuit.allows(0)).toBe(false);
    clock.advance(2_000);
    expect([0, 1].map((inFlight) => circuit.allows(inFlight))).toEqual([true, false]);
    circuit.succeeded();
    expect(circuit.allows(3)).toBe(true);
  });

  it('counts failures that come beside each other once', () => {
    for (let i = 0; i < 4; i++) circuit.failed('backoff', false);
    expect(circuit.waitMs).toBe(2_000);
    clock.advance(2_000);
    circuit.failed('backoff', true);
    expect(circuit.waitMs).toBe(4_000);
  });

  it('waits longer where a later answer says so', () => {
    circuit.failed('backoff', false);
    circuit.failed('backoff', false, 90_000);
    expect(circuit.waitMs).toBe(90_000);
  });

  it('goes from one trouble into another', () => {
    circuit.failed('backoff', false);
    circuit.failed('key_hold', true);
    expect(circuit).toMatchObject({ trouble: 'key_hold', waitMs: 600_000 });
    circuit.failed('endpoint_hold', true);
    expect(circuit).toMatchObject({ trouble: 'endpoint_hold', waitMs: 8_000 });
  });

  it('ends its own pause when it is hurried, not the one that the server asked for', () => {
    circuit.failed('endpoint_hold', false);
    circuit.hurry();
    expect(circuit.waitMs).toBe(0);
    circuit.failed('backoff', true, 30_000);
    circuit.hurry();
    expect(circuit.waitMs).toBe(30_000);
  });

  it('pauses for a quarter of a second at most while the process leaves, but not for a refused key', () => {
    circuit.failed('backoff', false);
    circuit.leave();
    expect(circuit.waitMs).toBe(0);
    circuit.failed('backoff', true);
    expect(circuit.waitMs).toBe(250);
    circuit.failed('key_hold', true);
    circuit.leave();
    expect(circuit.waitMs).toBe(600_000);
  });
});
