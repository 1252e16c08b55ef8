import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import { contextStorage, currentFrame } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { TrackToolCall } from '../../../src/tracking/track-tool-call.decorator.js';
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

  it('that is shared counts what each caller reads as that caller’s', async () => {
    const target = new CollectingTarget();
    const shared = new SdkStream();
    const run = trackedRun(target, () => shared);
    const asked = ['ada', 'bob', 'eve'].map((userId) => AnalyticsContext.run({ userId }, run));
    for (const stream of asked.slice(0, 2).reverse()) for await (const _ of stream) continue;
    expect(outcomes(target)).toEqual(['success', 'success']);
    expect(target.records.map(({ context }) => context.userId)).toEqual(['bob', 'ada']);
  });

  it('is given back as the very object, which its class and what hangs on it know', () => {
    const target = new CollectingTarget();
    const given = new SdkStream();
    const inner = trackedRun(target, () => given);
    expect(trackedRun(target, () => inner())()).toBe(given);
    expect(Object.keys(given)).toEqual(Object.keys(new SdkStream()));
  });

  it('is followed by each of the calls that pass it on', async () => {
    const target = new CollectingTarget();
    const inner = trackedRun(target, () => new SdkStream(), TrackToolCall('inner'));
    const outer = trackedRun(target, async () => inner(), TrackToolCall('outer'));
    for await (const _ of await outer()) continue;
    expect(outcomes(target)).toEqual(['success', 'success']);
    expect(target.records.map(({ properties }) => properties.tool_name)).toEqual(['inner', 'outer']);
  });

  it('that a method of its own reads through the iterator is seen to its end', async () => {
    class Cursor {
      async *[Symbol.asyncIterator]() {
        yield 1;
        yield 2;
      }
      async toArray(): Promise<number[]> {
        const all: number[] = [];
        for await (const each of this) all.push(each);
        return all;
      }
    }
    const target = new CollectingTarget();
    expect(await trackedRun(target, () => new Cursor())().toArray()).toEqual([1, 2]);
    expect(outcomes(target)).toEqual(['success']);
  });

  it.each([
    [true, {}],
    [false, { outcome: 'aborted', duration_ms: 0, abort_reason: 'unconsumed' }],
  ])('that a method of its own reads unseen is not taken for unconsumed: %s', (isRead, measured) => {
    class Stream {
      async *[Symbol.asyncIterator]() {
        yield 1;
      }
      final(): number {
        return 1;
      }
    }
    const target = new CollectingTarget();
    const around = new Frame(undefined, {}, target.handle, undefined);
    const stream = contextStorage.run(around, () => trackedRun(target, () => new Stream())());
    if (isRead) expect(stream.final()).toBe(1);
    around.close();
    expect(target.only.measured).toEqual(measured);
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

describe('a stream that ends without a throw', () => {
  /** As OpenAI's and Anthropic's: its iteration is over when its controller aborts. */
  class ModelStream {
    constructor(readonly controller = new AbortController()) {}
    async *[Symbol.asyncIterator]() {
      for (const chunk of ['a', 'b', 'c']) {
        if (this.controller.signal.aborted) return;
        yield chunk;
      }
    }
  }
  const read = async (stream: AsyncIterable<unknown>, atChunk: () => void): Promise<void> => {
    for await (const _ of stream) atChunk();
  };

  it.each([
    ['by the application', undefined, 'aborted user_stopped'],
    ['by a timeout', new DOMException('late', 'TimeoutError'), 'aborted timeout'],
  ])('because its controller was aborted %s is aborted', async (_by, reason, expected) => {
    const target = new CollectingTarget();
    const stream = trackedRun(target, () => new ModelStream())();
    await read(stream, () => stream.controller.abort(reason));
    expect(outcomes(target)).toEqual([expected]);
  });

  it('because a signal that the method was given was aborted is aborted', async () => {
    const target = new CollectingTarget();
    const stop = new AbortController();
    const run = trackedRun(target, async function* (_options: { signal: AbortSignal }) {
      yield* ['a'];
    });
    await read(run({ signal: stop.signal }), () => stop.abort());
    expect(outcomes(target)).toEqual(['aborted user_stopped']);
  });

  it('by itself is a success', async () => {
    const target = new CollectingTarget();
    const stop = new AbortController();
    await read(trackedRun(target, (_signal: AbortSignal) => new ModelStream())(stop.signal), () => undefined);
    stop.abort();
    expect(outcomes(target)).toEqual(['success']);
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
