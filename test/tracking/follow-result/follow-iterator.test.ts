import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import { currentFrame } from '../../../src/context/context-storage.js';
import { CollectingTarget } from '../../support/capture-target.js';
import { outcomes, trackedRun } from '../../support/tracked-run.js';

/** A generator that shows what it is told, and tells all that a consumer can do to it. */
function* talkative(): Generator<string, string, string> {
  try {
    const heard = yield 'first';
    try {
      yield `heard ${heard}`;
    } catch (error) {
      yield `caught ${(error as Error).message}`;
    }
    return 'returned';
  } finally {
    yield 'finally';
  }
}

async function* talkativeLater(): AsyncGenerator<string, string, string> {
  try {
    const heard = yield 'first';
    try {
      yield `heard ${heard}`;
    } catch (error) {
      yield `caught ${(error as Error).message}`;
    }
    return 'returned';
  } finally {
    yield 'finally';
  }
}

type AnyGenerator = Generator<string, string, string> | AsyncGenerator<string, string, string>;
const boom = new Error('boom');
const dialogues: [string, (generator: AnyGenerator) => Promise<unknown[]>][] = [
  ['next to the end', async (g) => [await g.next('lost'), await g.next('hello'), await g.next(''), await g.next('')]],
  ['throw that is caught', async (g) => [await g.next(''), await g.next(''), await g.throw(boom), await g.next('')]],
  ['return before the start', async (g) => [await g.return('given'), await g.next('')]],
  [
    'return in the middle',
    async (g) => [await g.next(''), await g.return('given'), await g.next(''), await g.next('')],
  ],
  [
    'throw before the start',
    async (g) => [
      await Promise.resolve()
        .then(() => g.throw(boom))
        .catch((e: unknown) => e),
    ],
  ],
];

describe.each([
  ['a generator', talkative as () => AnyGenerator],
  ['an async generator', talkativeLater as () => AnyGenerator],
])('%s', (_name, make) => {
  it.each(dialogues)('answers every step as untracked: %s', async (_dialogue, talk) => {
    const run = trackedRun(new CollectingTarget(), make);
    const [tracked, untracked] = [run(), make()];
    expect(await talk(tracked)).toEqual(await talk(untracked));
    expect(Object.prototype.toString.call(tracked)).toBe(Object.prototype.toString.call(untracked));
    expect(Object.keys(tracked)).toEqual([]);
    expect(typeof tracked.next('')).toBe(typeof untracked.next(''));
  });

  it('is over at its end, with its chunks counted', async () => {
    const target = new CollectingTarget();
    const generator = trackedRun(target, make)();
    for (let step = await generator.next(''); step.done !== true; step = await generator.next('')) {
      expect(target.records).toEqual([]);
    }
    expect(outcomes(target)).toEqual(['success']);
  });

  it('is aborted where the consumer stops early, once its finally is through', async () => {
    const target = new CollectingTarget();
    const generator = trackedRun(target, make)();
    await generator.next('');
    await generator.return('');
    expect(target.records).toEqual([]);
    await generator.next('');
    expect(outcomes(target)).toEqual(['success']);

    async function* plain() {
      yield 1;
      yield 2;
    }
    for await (const chunk of trackedRun(target, plain)()) if (chunk === 1) break;
    expect(outcomes(target)).toEqual(['success', 'aborted client_closed']);
  });

  it('runs its body in a context of its own, whoever asks for the next step', async () => {
    const target = new CollectingTarget();
    const frames: unknown[] = [];
    const look = () => frames.push(currentFrame()?.call !== undefined);
    const generator = trackedRun(target, (): AnyGenerator => {
      return make === (talkative as () => AnyGenerator)
        ? (function* () {
            look();
            yield 'one';
            look();
            return '';
          })()
        : (async function* () {
            look();
            yield 'one';
            await Promise.resolve();
            look();
            return '';
          })();
    })();
    expect(currentFrame()).toBeUndefined();
    await generator.next('');
    await generator.next('');
    expect(currentFrame()).toBeUndefined();
    expect(frames).toEqual([true, true]);
  });
});

describe('an iteration that fails', () => {
  it('is an error, and the consumer gets it', async () => {
    const target = new CollectingTarget();
    const failure = new RangeError('no');
    const generator = trackedRun(target, async function* () {
      yield 1;
      throw failure;
    })();
    await generator.next();
    await expect(generator.next()).rejects.toBe(failure);
    expect(outcomes(target)).toEqual(['error RangeError']);
  });
});

describe('an object that gives iterators', () => {
  /** As SDKs have it: private state, methods that read it, an iterator for each reading. */
  class SdkStream implements AsyncIterable<number> {
    #numbers = [1, 2, 3];
    readonly controller = new AbortController();
    get length() {
      return this.#numbers.length;
    }
    first() {
      return this.#numbers[0];
    }
    push(number: number) {
      this.#numbers.push(number);
      return this;
    }
    async *[Symbol.asyncIterator]() {
      yield* this.#numbers;
    }
  }

  it('stays usable as what it is', () => {
    const made = new SdkStream();
    const given = trackedRun(new CollectingTarget(), () => made)();
    expect(given).toBeInstanceOf(SdkStream);
    expect(given.constructor).toBe(SdkStream);
    expect(given.controller).toBe(made.controller);
    expect(given.length).toBe(3);
    expect(given.first()).toBe(1);
    expect(Reflect.get(given, 'first')).toBe(Reflect.get(given, 'first'));
  });

  it('is an execution for each iteration', async () => {
    const target = new CollectingTarget();
    const given = trackedRun(target, () => new SdkStream())();
    const read: number[] = [];
    for await (const number of given) read.push(number);
    for await (const number of given) if (number === 2) break;
    expect(read).toEqual([1, 2, 3]);
    expect(outcomes(target)).toEqual(['success', 'aborted client_closed']);
    expect(target.openCalls.size).toBe(0);
  });

  it('is seen through a method that returns it', async () => {
    const target = new CollectingTarget();
    const given = trackedRun(target, () => new SdkStream())();
    const read: number[] = [];
    for await (const number of given.push(4)) read.push(number);
    expect(read).toEqual([1, 2, 3, 4]);
    expect(outcomes(target)).toEqual(['success']);
  });

  it('belongs to whoever iterates again, where somebody keeps it for all', async () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, () => new SdkStream());
    const kept = AnalyticsContext.run({ userId: 'ada' }, run);
    for (const userId of ['ada', 'bob']) {
      await AnalyticsContext.run({ userId }, async () => {
        for await (const _ of kept) continue;
      });
    }
    expect(target.records.map(({ context }) => context.userId)).toEqual(['ada', 'bob']);
  });

  it('that is shared counts only what each caller reads', async () => {
    const target = new CollectingTarget();
    const shared = new SdkStream();
    const run = trackedRun(target, () => shared);
    const [one] = [run(), run(), run()];
    for await (const _ of one) continue;
    for await (const _ of shared) continue;
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that is frozen is given back as it is, its end unknown', () => {
    const target = new CollectingTarget();
    const frozen = Object.freeze({
      async *[Symbol.asyncIterator]() {
        yield 1;
      },
    });
    expect(trackedRun(target, () => frozen)()).toBe(frozen);
    expect(target.only.measured).toEqual({});
  });
});

describe('what is no lazy result', () => {
  it.each([[[1, 2]], [new Map([[1, 2]])], [new Set([1])], ['text'], [null], [undefined], [0], [{ next: () => 1 }]])(
    'is over at return: %s',
    (value) => {
      const target = new CollectingTarget();
      expect(trackedRun(target, () => value)()).toBe(value);
      expect(outcomes(target)).toEqual(['success']);
    },
  );

  it('and refuses to be looked at is given back all the same', () => {
    const target = new CollectingTarget();
    const shy = new Proxy(
      {},
      {
        get() {
          throw new Error('shy');
        },
      },
    );
    expect(trackedRun(target, () => shy)() === shy).toBe(true);
    expect(outcomes(target)).toEqual(['success']);
  });
});
