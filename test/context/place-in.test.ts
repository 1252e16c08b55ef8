import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { contextStorage, currentFrame } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Does this so often, each time from within what the last time has left running; tells how deep it got. */
async function again(times: number, poll: (next: () => void) => void): Promise<number> {
  let deepest = 0;
  await new Promise<void>((done) => {
    const next = (): void => {
      deepest = Math.max(deepest, currentFrame()?.depth ?? 0);
      if (times-- === 0) return done();
      poll(() => setImmediate(next));
    };
    next();
  });
  return deepest;
}

describe('work that begins its successor', () => {
  it.each([
    ['a tool', TrackToolCall(), 1],
    ['a run', TrackAgentRun(), 1],
    ['an event of its own', Track('polled'), 0],
  ])('%s by a timer hangs on no more than the first of its kind', async (_, decorator, depth) => {
    const target = new CollectingTarget();
    const poll = trackedRun(target, (next: () => void) => next(), decorator);
    expect(await again(300, poll)).toBe(depth);
    expect(target.records).toHaveLength(300);
  });

  it('stays within the request that it was begun in, with its person', async () => {
    const target = new CollectingTarget();
    const request = new Frame(undefined, { userId: 'ada' }, target.handle, undefined);
    const poll = trackedRun(target, (next: () => void) => next());
    expect(await contextStorage.run(request, () => again(300, poll))).toBe(2);
    expect(new Set(target.records.map(({ context }) => context.userId))).toEqual(new Set(['ada']));
  });

  it.each([
    ['of one person', () => ({ userId: 'ada', sessionId: 's1' })],
    ['of many', (job: number) => ({ userId: `user-${job % 7}`, sessionId: null })],
  ])('as a queue does, with jobs %s, is bounded', async (_, values) => {
    const target = new CollectingTarget();
    let jobs = 0;
    const work = trackedRun(target, (next: () => void) => next(), TrackAgentRun());
    const deepest = await again(1_000, (next) => AnalyticsContext.run(values(jobs++), () => work(next)));
    expect(deepest).toBeLessThanOrEqual(102);
    expect(target.records.map(({ context }) => context.userId)).toEqual(
      Array.from({ length: 1_000 }, (_each, job) => values(job).userId),
    );
  });

  it('leaves what it was called with behind', async () => {
    const given: WeakRef<object>[] = [];
    let last: Frame | undefined;
    const keep = trackedRun(new CollectingTarget(), (_given: object) => void (last = currentFrame()));
    const call = (large: object): void => {
      given.push(new WeakRef(large));
      keep(large);
    };
    call({ large: 'x'.repeat(1_000) });
    await turn();
    collectGarbage();
    expect(given[0]?.deref()).toBeUndefined();
    expect(last?.call?.isOver).toBe(true);
  });

  it('leaves the results that it came to behind', async () => {
    const target = new CollectingTarget();
    const results: WeakRef<object>[] = [];
    let last: Frame | undefined;
    const poll = trackedRun(target, (next: () => void) => {
      next();
      last = currentFrame();
      const result = { large: 'x'.repeat(1_000) };
      results.push(new WeakRef(result));
      return result;
    });
    await again(50, poll);
    target.records.length = 0;
    // Weak references hold until the turn is over.
    await turn();
    collectGarbage();
    expect(results.filter((result) => result.deref() !== undefined)).toEqual([]);
    expect(last?.depth).toBe(1);
  });
});

describe('what is begun late, in a call that is over', () => {
  it('is still beneath the message and the run that it was begun in', async () => {
    const target = new CollectingTarget();
    let late = (): void => undefined;
    let frame: Frame | undefined;
    const tool = trackedRun(target, () => void (frame = currentFrame()));
    const run = trackedRun(target, () => void setImmediate(() => late()), TrackAgentRun());
    const send = trackedRun(target, run, TrackMessage({ message: () => 'hi' }));
    const done = new Promise<void>((resolve) => {
      late = () => {
        tool();
        resolve();
      };
    });
    send();
    await done;
    const around: unknown[] = [];
    for (let each = frame?.parent; each !== undefined; each = each.parent) around.push(each.call);
    expect(around).toMatchObject([{ tracksRun: true }, { tracksMessage: true }]);
    const [sent] = target.of('copilot_message_sent');
    expect(target.of('copilot_tool_called')[0]?.traceId).toBe(sent?.traceId);
  });

  it('counts for the message that still runs around it', async () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, () => undefined);
    const first = trackedRun(target, (late: () => void) => void setImmediate(late), Track('begun'));
    const send = trackedRun(
      target,
      () => new Promise<void>((resolve) => first(() => (tool(), resolve()))),
      TrackMessage({ message: () => 'hi' }),
    );
    await send();
    expect(target.of('copilot_response_completed')[0]?.measured).toMatchObject({ tool_calls: 1 });
  });
});
