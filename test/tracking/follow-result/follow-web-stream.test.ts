import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { TrackMessage } from '../../../src/tracking/track-message.decorator.js';
import { CollectingTarget } from '../../support/capture-target.js';
import { outcomes, trackedRun } from '../../support/tracked-run.js';

const message = TrackMessage({ message: () => 'hi' });

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

function answered(target: CollectingTarget): unknown {
  const [completed] = target.of('copilot_response_completed');
  return [completed?.measured?.outcome, completed?.measured?.chunk_count];
}

function letters(): ReadableStream<string> {
  return ReadableStream.from<string>(['a', 'b', 'c']);
}

async function readAll(stream: ReadableStream<string>): Promise<unknown[]> {
  const reader = stream.getReader();
  const steps: unknown[] = [];
  for (;;) {
    const step = await reader.read();
    steps.push(step);
    if (step.done) return steps;
  }
}

/** As AI SDK makes them: an iterator of its own, over a reader. */
function withOwnIterator(stream: ReadableStream<string>): ReadableStream<string> {
  return Object.assign(stream, {
    [Symbol.asyncIterator](this: ReadableStream<string>) {
      const reader = this.getReader();
      return { next: () => reader.read() };
    },
  });
}

describe('a ReadableStream', () => {
  it.each<[string, number | null, (stream: ReadableStream<string>) => Promise<unknown>]>([
    ['a reader', 3, readAll],
    ['for await', 3, (stream) => collect(stream)],
    ['Readable.fromWeb', 3, (stream) => collect(Readable.fromWeb(stream as never))],
    ['pipeTo', null, (stream) => stream.pipeTo(new WritableStream())],
    ['pipeThrough', null, (stream) => readAll(stream.pipeThrough(new TransformStream()))],
    ['tee', 3, (stream) => Promise.all(stream.tee().map(readAll))],
    ['a Response', 3, (stream) => new Response(stream.pipeThrough(new TextEncoderStream())).text()],
  ])('is over at its end, at whichever door it is read: %s', async (door, chunks, read) => {
    const target = new CollectingTarget();
    const made = letters();
    const given = trackedRun(target, () => made, message)();
    expect(given).toBe(made);
    expect(await read(given)).toEqual(await read(letters()));
    expect(answered(target)).toEqual(['success', door === 'a Response' ? null : chunks]);
  });

  it('with an iterator of its own is one execution, its chunks counted once', async () => {
    const target = new CollectingTarget();
    const given = trackedRun(target, () => withOwnIterator(letters()), message)();
    expect(await collect(given)).toEqual(['a', 'b', 'c']);
    expect(answered(target)).toEqual(['success', 3]);
  });

  it('of a Response is followed, the Response being given back', async () => {
    const target = new CollectingTarget();
    const response = new Response('some text');
    expect(trackedRun(target, () => response, message)()).toBe(response);
    expect(await response.text()).toBe('some text');
    expect(answered(target)).toEqual(['success', 1]);
  });

  it.each<[string, (stream: ReadableStream<string>) => Promise<unknown>]>([
    ['cancel', (stream) => stream.cancel()],
    ['cancel of a reader', (stream) => stream.getReader().cancel()],
    [
      'for await that breaks',
      async (stream) => {
        for await (const _ of stream) break;
      },
    ],
  ])('is aborted where the consumer leaves: %s', async (_name, leave) => {
    const target = new CollectingTarget();
    await leave(trackedRun(target, letters)());
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it('that fails is an error, and the consumer gets it', async () => {
    const target = new CollectingTarget();
    const failure = new RangeError('no');
    const stream = trackedRun(target, () => new ReadableStream({ pull: (controller) => controller.error(failure) }))();
    await expect(stream.getReader().read()).rejects.toBe(failure);
    expect(outcomes(target)).toEqual(['error RangeError']);
  });

  it('refuses a second consumer as it would untracked, and goes on with the first', async () => {
    const target = new CollectingTarget();
    const stream = trackedRun(target, letters)();
    const reader = stream.getReader();
    expect(() => stream.getReader()).toThrow(TypeError);
    expect(() => stream.pipeThrough(new TransformStream())).toThrow(TypeError);
    await expect(stream.pipeTo(new WritableStream())).rejects.toThrow(TypeError);
    await expect(stream.cancel()).rejects.toThrow(TypeError);
    expect(target.records).toEqual([]);
    while (!(await reader.read()).done) continue;
    expect(outcomes(target)).toEqual(['success']);
  });

  it('pulls from its source no more often than untracked', async () => {
    const pulls = async (track: boolean): Promise<number> => {
      let count = 0;
      const source = new ReadableStream({ pull: (controller) => controller.enqueue(count++) });
      const stream = track ? trackedRun(new CollectingTarget(), () => source)() : source;
      const reader = stream.getReader();
      await reader.read();
      await new Promise((resolve) => setImmediate(resolve));
      await reader.cancel();
      return count;
    };
    expect(await pulls(true)).toBe(await pulls(false));
  });
});
