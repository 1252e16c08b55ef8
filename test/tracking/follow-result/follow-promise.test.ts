import { describe, expect, it } from 'vitest';
import { contextStorage } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { CollectingTarget } from '../../support/capture-target.js';
import { outcomes, trackedRun } from '../../support/tracked-run.js';
import { unhandledRejections } from '../../support/unhandled-rejections.js';

/** A promise that does its work only when somebody asks for it, as p-lazy and some query builders do. */
class LazyPromise<T> extends Promise<T> {
  starts = 0;
  private work: (() => T) | undefined;

  static of<T>(work: () => T): LazyPromise<T> {
    const lazy = new LazyPromise<T>(() => undefined);
    lazy.work = work;
    return lazy;
  }

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  override then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.starts++;
    return Promise.resolve()
      .then(() => this.work?.() as T)
      .then(fulfilled, rejected);
  }

  override catch<B = never>(rejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return Promise.resolve()
      .then(() => this.work?.() as T)
      .catch(rejected);
  }
}

describe('a native promise', () => {
  it('is over when it settles, measured until then', async () => {
    const target = new CollectingTarget();
    let resolve = (_value: string): void => undefined;
    const run = trackedRun(target, () => new Promise<string>((done) => (resolve = done)));
    const running = run();
    target.clock.advance(12.3456);
    expect(target.records).toEqual([]);
    expect(target.openCalls.size).toBe(1);
    resolve('done');
    expect(await running).toBe('done');
    expect(target.properties).toMatchObject({ outcome: 'success', duration_ms: 12.346 });
    expect(target.openCalls.size).toBe(0);
  });

  it('keeps what a library has hung on it', async () => {
    const target = new CollectingTarget();
    const cancel = (): string => 'cancelled';
    const run = trackedRun(target, () => Object.assign(Promise.resolve(1), { cancel }));
    const running = run();
    expect(running).toBeInstanceOf(Promise);
    expect(running.cancel()).toBe('cancelled');
    expect(await running).toBe(1);
  });

  it('of a lazy result is over with that result', async () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, async () =>
      (function* () {
        yield 1;
        yield 2;
      })(),
    );
    const generator = await run();
    expect(target.records).toEqual([]);
    expect([...generator]).toEqual([1, 2]);
    expect(outcomes(target)).toEqual(['success']);
  });
});

describe('a rejection is unhandled exactly as often as untracked', () => {
  class ApiPromise<T> extends Promise<T> {}
  const failure = new Error('no');
  const shapes: [string, () => Promise<unknown>][] = [
    ['native promise', () => Promise.reject(failure)],
    ['async function', async () => Promise.resolve().then(() => Promise.reject(failure))],
    ['promise with properties', () => Object.assign(Promise.reject(failure), { cancel: 1 })],
    ['subclass', () => new ApiPromise((_resolve, reject) => reject(failure))],
  ];
  const uses: [string, number, (promise: Promise<unknown>) => unknown][] = [
    ['ignored', 1, (promise) => promise],
    ['awaited by somebody who fails', 1, (promise) => (async () => void (await promise))()],
    ['awaited by somebody who copes', 0, (promise) => (async () => promise)().catch(() => undefined)],
    ['caught', 0, (promise) => promise.catch(() => undefined)],
    ['only followed by finally', 1, (promise) => promise.finally(() => undefined)],
    ['used twice, caught once', 1, (promise) => [promise.catch(() => undefined), promise.then(() => undefined)]],
  ];

  it.each(shapes.flatMap(([shape, make]) => uses.map(([use, times, act]) => [shape, use, times, make, act] as const)))(
    '%s, %s: %i',
    async (_shape, _use, times, make, act) => {
      const target = new CollectingTarget();
      const run = trackedRun(target, make);
      const untracked = await unhandledRejections(() => act(make()));
      expect(untracked).toEqual(Array(times).fill(failure));
      expect(await unhandledRejections(() => act(run()))).toEqual(untracked);
    },
  );
});

describe('a subclass of Promise', () => {
  it('is returned itself, over when it is awaited', async () => {
    class ApiPromise<T> extends Promise<T> {
      asResponse(): string {
        return 'raw';
      }
    }
    const target = new CollectingTarget();
    const made = new ApiPromise<number>((resolve) => resolve(1));
    const run = trackedRun(target, () => made);
    const given = run();
    expect(given).toBe(made);
    expect(given.asResponse()).toBe('raw');
    expect(Object.keys(given)).toEqual([]);
    expect(await given).toBe(1);
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that works only when asked is not started by being tracked', async () => {
    const target = new CollectingTarget();
    const made = LazyPromise.of(() => 'worked');
    const given = trackedRun(target, () => made)();
    await Promise.resolve();
    expect(made.starts).toBe(0);
    expect(await given).toBe('worked');
    expect(made.starts).toBe(1);
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that is awaited when the work around it is over goes on', async () => {
    const target = new CollectingTarget();
    const frame = new Frame(undefined, {}, target.handle, undefined);
    let resolve = (_value: number): void => undefined;
    const made = new (class ApiPromise<T> extends Promise<T> {})<number>((done) => (resolve = done));
    const awaited = contextStorage.run(frame, () => trackedRun(target, () => made)()).then((value) => value + 1);
    void contextStorage.run(frame, () => trackedRun(target, () => LazyPromise.of(() => 1))());
    frame.close();
    expect(outcomes(target)).toEqual(['aborted unconsumed']);
    resolve(1);
    expect(await awaited).toBe(2);
    expect(outcomes(target)).toEqual(['aborted unconsumed', 'success']);
  });

  it.each([
    ['then', (promise: Promise<never>) => promise.then(undefined, (error: Error) => error.message)],
    ['catch', (promise: Promise<never>) => promise.catch((error: Error) => error.message)],
    ['finally', (promise: Promise<never>) => promise.finally(() => undefined).catch((error: Error) => error.message)],
  ])('that fails is seen through %s', async (_name, consume) => {
    const target = new CollectingTarget();
    const run = trackedRun(target, () =>
      LazyPromise.of((): never => {
        throw new RangeError('no');
      }),
    );
    expect(await consume(run())).toBe('no');
    expect(outcomes(target)).toEqual(['error RangeError']);
  });
});

describe('a lazy thenable', () => {
  it('is left alone: its event has no outcome and no duration, and one warning says why', async () => {
    let executions = 0;
    const query = {
      then(done: (value: string) => void) {
        executions++;
        done('rows');
      },
    };
    const target = new CollectingTarget();
    const run = trackedRun(target, () => query);
    expect(run()).toBe(query);
    run();
    expect(executions).toBe(0);
    expect(await query).toBe('rows');
    expect(executions).toBe(1);
    expect(target.records).toHaveLength(2);
    expect(target.records[0]?.measured).toEqual({});
    expect(target.reporter.codes.filter((code) => code === 'NAA104')).toHaveLength(1);
  });
});
