import { StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { contextStorage } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { CollectingTarget } from '../../support/capture-target.js';
import { outcomes, trackedRun } from '../../support/tracked-run.js';
import { TrackMessage } from '../../../src/tracking/track-message.decorator.js';

const message = TrackMessage({ message: () => 'hi' });

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** A message tracks how many chunks its answer had. */
function answered(target: CollectingTarget): unknown {
  const [completed] = target.of('copilot_response_completed');
  return [completed?.measured?.outcome, completed?.measured?.chunk_count];
}

describe('a Readable', () => {
  it.each<[string, (stream: Readable) => Promise<unknown>]>([
    ['by for await', async (stream) => collect(stream)],
    [
      'by data listeners',
      async (stream) =>
        once(
          stream.on('data', () => undefined),
          'end',
        ),
    ],
    [
      'by pipeline',
      async (stream) => pipeline(stream, new Writable({ objectMode: true, write: (_c, _e, done) => done() })),
    ],
    ['by pipe', async (stream) => once(stream.pipe(new PassThrough({ objectMode: true })).resume(), 'end')],
  ])('is over at its end, with its chunks counted, however it is read: %s', async (_name, read) => {
    const target = new CollectingTarget();
    const made = Readable.from(['a', 'b', 'c']);
    const given = trackedRun(target, () => made, message)();
    expect(given).toBe(made);
    await read(given);
    expect(answered(target)).toEqual(['success', 3]);
  });

  it('is consumed once somebody listens, though nothing has come when the work around it is over', async () => {
    for (const read of [collect, (stream: Readable) => once(stream.resume(), 'end')]) {
      const target = new CollectingTarget();
      const made = Readable.from(['a', 'b']);
      const frame = new Frame(undefined, {}, target.handle, undefined);
      const given = contextStorage.run(
        frame,
        trackedRun(target, () => made),
      );
      const reading = read(given);
      frame.close();
      expect(outcomes(target)).toEqual([]);
      await reading;
      expect(outcomes(target)).toEqual(['success']);
    }
  });

  it('gets no listener, does not flow by itself, and reads no further ahead than before', async () => {
    const produced = (stream: Readable): (() => Promise<number>) => {
      let count = 0;
      stream._read = () => {
        count++;
        stream.push(Buffer.alloc(1024));
      };
      return async () => {
        stream.once('readable', () => undefined);
        await new Promise((resolve) => setImmediate(resolve));
        return count;
      };
    };
    const [tracked, untracked] = [new Readable({ highWaterMark: 4096 }), new Readable({ highWaterMark: 4096 })];
    const [countTracked, countUntracked] = [produced(tracked), produced(untracked)];
    trackedRun(new CollectingTarget(), () => tracked)();
    expect(tracked.eventNames()).toEqual(untracked.eventNames());
    expect(tracked.readableFlowing).toBe(null);
    expect(await countTracked()).toBe(await countUntracked());
  });

  it('that fails is an error; a failure that nobody listens for still crashes', async () => {
    const target = new CollectingTarget();
    const failure = new RangeError('no');
    const stream = trackedRun(target, () => new Readable({ read: () => undefined }))();
    const uncaught: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').once('uncaughtException', (error) => uncaught.push(error));
    stream.destroy(failure);
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners('uncaughtException');
    for (const listener of others) process.on('uncaughtException', listener);
    expect(uncaught).toEqual([failure]);
    expect(outcomes(target)).toEqual(['error RangeError']);
  });

  it.each<[string, (stream: Readable) => Promise<unknown>]>([
    [
      'for await that breaks',
      async (stream) => {
        for await (const _ of stream) break;
      },
    ],
    ['destroy', async (stream) => once(stream.destroy(), 'close')],
    [
      'a pipeline whose destination goes away',
      async (stream) => {
        const gone = new Writable({ objectMode: true, write: () => gone.destroy() });
        await pipeline(stream, gone).catch(() => undefined);
      },
    ],
  ])('is aborted where the consumer leaves: %s', async (_name, leave) => {
    const target = new CollectingTarget();
    const stream = trackedRun(target, () => Readable.from(['a', 'b', 'c']))();
    await leave(stream);
    await new Promise((resolve) => setImmediate(resolve));
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it('that has ended already is over at return', async () => {
    const target = new CollectingTarget();
    const ended = Readable.from([]);
    await once(ended.resume(), 'close');
    trackedRun(target, () => ended)();
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that both reads and writes is over when it has been read', async () => {
    const target = new CollectingTarget();
    const through = trackedRun(target, () => new PassThrough())();
    through.end('text');
    await new Promise((resolve) => setImmediate(resolve));
    expect(target.records).toEqual([]);
    expect(await collect(through)).toHaveLength(1);
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that nobody read is aborted when the work around it is over, one that is flowing is not', async () => {
    const target = new CollectingTarget();
    const around = new Frame(undefined, {}, target.handle, undefined);
    const slow = (): Readable => new Readable({ read: () => undefined });
    const [_left, read] = contextStorage.run(around, () => [trackedRun(target, slow)(), trackedRun(target, slow)()]);
    read?.pipe(new PassThrough());
    await new Promise((resolve) => setImmediate(resolve));
    around.close();
    expect(outcomes(target)).toEqual(['aborted unconsumed']);
  });

  it('in a StreamableFile is followed, the file being given back', async () => {
    const target = new CollectingTarget();
    const file = new StreamableFile(Readable.from(['a', 'b']));
    const given = trackedRun(target, () => file, message)();
    expect(given).toBe(file);
    await collect(given.getStream());
    expect(answered(target)).toEqual(['success', 2]);
  });
});

describe('the response that a handler writes to', () => {
  it.each(['finished', 'closed'] as const)('is followed until it has %s', async (how) => {
    const target = new CollectingTarget();
    let over = (): void => undefined;
    const closed = new Promise<void>((resolve) => (over = resolve));
    const server = createServer((_request, response) => {
      trackedRun(target, () => response)();
      response.on('close', over);
      response.write('begin');
      if (how === 'finished') response.end();
    }).listen(0);
    const { port } = server.address() as AddressInfo;
    const abort = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}`, { signal: abort.signal });
    if (how === 'closed') abort.abort();
    else await answer.text();
    await closed;
    expect(outcomes(target)).toEqual([how === 'finished' ? 'success' : 'aborted client_closed']);
    server.close();
  });
});

describe('a Transform in a pipeline', () => {
  const through = (target: CollectingTarget, hasClosed: boolean): { source: Readable; over: Promise<unknown> } => {
    const source = new Readable({ read: () => undefined });
    source.push('a');
    const frame = new Frame(undefined, {}, target.handle, undefined);
    frame.transport = { hasClosed: () => hasClosed };
    const result = contextStorage.run(frame, () =>
      trackedRun(target, () => {
        const out = new PassThrough();
        pipeline(source, out).catch(() => undefined);
        return out;
      })(),
    );
    return { source, over: collect(result).catch(() => undefined) };
  };

  it.each([
    [false, 'error Error'],
    [true, 'aborted client_closed'],
  ])('whose source breaks off was left by a client only if that has gone: %s', async (hasClosed, expected) => {
    const target = new CollectingTarget();
    const { source, over } = through(target, hasClosed);
    source.destroy();
    await over;
    expect(outcomes(target)).toEqual([expected]);
  });
});
