import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Clock } from '../../src/event/clock.js';
import { FakeClock } from '../support/fake-clock.js';

/** Time that a run lets pass: real, or moved by hand from timer to timer while the network is real. */
export interface PassingTime {
  readonly clock: Clock;
  /** Lets so many milliseconds pass, or less where `isOver`. `isMoving`: something is under way that takes real time. */
  pass(ms: number, isMoving: () => boolean, isOver?: () => boolean): Promise<void>;
}

export const realTime: PassingTime = {
  clock: systemClock,
  async pass(ms, _isMoving, isOver = () => false) {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !isOver(); left = end - performance.now()) await sleep(Math.min(left, 100));
  },
};

/** In real milliseconds: how long what is under way may take before the clock moves on all the same. */
const patienceMs = 5_000;
/** Where some of it will never be answered, and the rest may still be. */
const patienceWithStuckMs = 30;

/** Time from timer to timer; `isStuck` tells whether the server lets somebody wait for ever. */
export function simulatedTime(start: number, isStuck: () => boolean): PassingTime {
  const clock = new FakeClock(start);
  const settle = async (isMoving: () => boolean) => {
    const begun = performance.now();
    const patience = () => (isStuck() ? patienceWithStuckMs : patienceMs);
    do await new Promise((turn) => setImmediate(turn));
    while (isMoving() && performance.now() - begun < patience());
  };
  return {
    clock,
    async pass(ms, isMoving, isOver = () => false) {
      for (let left = ms; left > 0 && !isOver();) {
        const step = Math.min(left, clock.untilNext() ?? left);
        clock.advance(step);
        left -= step;
        await settle(isMoving);
      }
    },
  };
}
