import { createHook } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Pipeline } from '../../src/delivery/pipeline.js';
import { PostHogClients } from '../../src/delivery/posthog-client.js';
import { PostHogSender } from '../../src/delivery/posthog-sender.js';
import { createPreparer } from '../../src/delivery/prepare-event.js';
import { systemClock, type Clock } from '../../src/event/clock.js';
import { plainRecord } from '../support/audited-pipeline.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';

/** The real clock, which knows the timers that stand. */
class CountingClock implements Clock {
  standing = 0;
  now = () => systemClock.now();
  monotonic = () => systemClock.monotonic();
  setTimer(fn: () => void, ms: number) {
    let stands = true;
    const fell = () => {
      if (stands) this.standing--;
      stands = false;
    };
    this.standing++;
    const timer = systemClock.setTimer(() => {
      fell();
      fn();
    }, ms);
    return {
      cancel: () => {
        fell();
        timer.cancel();
      },
    };
  }
}

describe('Delivery at rest', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  const create = (clock: Clock) => {
    const reporter = new Spoken();
    const settings = { environment: 'test', source: 's', eventPrefix: 'p_', captureNames: true, checkCatalog: false };
    const prepare = createPreparer({ ...settings, anonymousEvents: 'profile' }, reporter, clock);
    const sender = new PostHogSender({ apiKey: 'phc_test', host: server.url, clock });
    const pipeline = new Pipeline({ prepare, clock, reporter, sender });
    onTestFinished(() => void pipeline.close());
    new PostHogClients({ apiKey: 'phc_test', host: server.url, record: () => undefined, clock, reporter });
    return pipeline;
  };

  it('makes no timer, immediate, promise or socket while nothing is captured', () => {
    const made: string[] = [];
    const hook = createHook({ init: (_id, type) => void made.push(type) }).enable();
    const pipeline = create(systemClock);
    pipeline.tap({ write: () => undefined });
    pipeline.stats();
    hook.disable();
    expect(made).toEqual(['nestjs-agent-analytics:delivery']);
  });

  it('has no timer left, and nothing that keeps the process alive, when all is delivered', async () => {
    const clock = new CountingClock();
    const pipeline = create(clock);
    const before = process.getActiveResourcesInfo().filter((type) => type.startsWith('TCPSocket'));
    for (let i = 0; i < 250; i++) pipeline.record(plainRecord(`event_${i}`));
    expect(await pipeline.flush()).toMatchObject({ pending: 0 });
    // The last answer's connection goes back to the pool in a later turn.
    await new Promise((later) => setTimeout(later, 20));
    expect(clock.standing).toBe(0);
    expect(server.connections).toBeGreaterThan(0);
    // The server's own ends of the connections stand in the same process; ours are not among them.
    const sockets = process.getActiveResourcesInfo().filter((type) => type.startsWith('TCPSocket'));
    expect(sockets.length - before.length).toBeLessThanOrEqual(server.connections);
  });

  it('schedules one drain for all that is captured in a turn', async () => {
    const clock = new CountingClock();
    const pipeline = create(clock);
    for (let i = 0; i < 1_000; i++) pipeline.record(plainRecord('e'));
    expect(clock.standing).toBe(1);
    await pipeline.flush();
  });
});
