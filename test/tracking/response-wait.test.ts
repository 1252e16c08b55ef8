import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { contextStorage } from '../../src/context/context-storage.js';
import { Frame, type TransportEnd } from '../../src/context/frame.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { outcomes, trackedRun } from '../support/tracked-run.js';

/** A response that ends when the test says so. */
class ResponseByHand implements TransportEnd {
  readonly headers: Record<string, string> = {};
  private ended: ((how: 'completed' | 'closed', status: number) => void)[] = [];

  onEnd(ended: (how: 'completed' | 'closed', status: number | undefined) => void): void {
    this.ended.push(ended);
  }
  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  onWrite(wrote: () => void): void {
    this.write = wrote;
  }
  write = (): void => undefined;
  end(how: 'completed' | 'closed', status = 200): void {
    for (const ended of this.ended.splice(0)) ended(how, status);
  }
}

function message<R>(target: CollectingTarget, body: () => R): { run: () => R; response: ResponseByHand; frame: Frame } {
  const response = new ResponseByHand();
  const frame = new Frame(undefined, {}, target.handle, undefined);
  frame.transport = response;
  const tracked = trackedRun(target, body, TrackMessage({ message: () => 'hi' }));
  return { run: () => contextStorage.run(frame, tracked), response, frame };
}

const abortError = (): Error => new DOMException('stop', 'AbortError');
const completed = (target: CollectingTarget) => target.of('copilot_response_completed').map(({ measured }) => measured);

describe('a message whose answer a response carries', () => {
  it('is over when the response is, not when the method is', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async () => target.clock.advance(10));
    await run();
    expect(completed(target)).toEqual([]);
    target.clock.advance(5);
    response.end('completed', 201);
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'success', duration_ms: 15, http_status: 201 }),
    ]);
  });

  it('is over when the method is, where the response was faster', async () => {
    const target = new CollectingTarget();
    let resolve = (): void => undefined;
    const { run, response } = message(target, () => new Promise<void>((done) => (resolve = done)));
    const running = run();
    response.end('completed', 202);
    target.clock.advance(7);
    expect(completed(target)).toEqual([]);
    resolve();
    await running;
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'success', duration_ms: 7, http_status: 202 }),
    ]);
  });

  it('that the client left is aborted as of then, and waits for the method, whose tools count', async () => {
    const target = new CollectingTarget();
    let resolve = (): void => undefined;
    const tool = trackedRun(target, () => 1);
    const { run, response } = message(target, async () => {
      await new Promise<void>((done) => (resolve = done));
      tool();
    });
    const running = run();
    target.clock.advance(3);
    response.end('closed');
    target.clock.advance(100);
    expect(completed(target)).toEqual([]);
    resolve();
    await running;
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'aborted', abort_reason: 'client_closed', duration_ms: 3, tool_calls: 1 }),
    ]);
  });

  it('that the client left in the middle of a stream is over, though nobody tells the stream', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async function* () {
      yield 1;
      yield 2;
    });
    const stream = run();
    await stream.next();
    response.end('closed');
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'aborted', abort_reason: 'client_closed', chunk_count: 1 }),
    ]);
    expect(target.openCalls.size).toBe(0);
    await stream.next();
    await stream.next();
    expect(completed(target)).toHaveLength(1);
  });

  it('that had failed before the client left has failed', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async () => {
      throw new RangeError('no');
    });
    await run().catch(() => undefined);
    target.clock.advance(1);
    response.end('closed');
    expect(completed(target)).toEqual([expect.objectContaining({ outcome: 'error', error_type: 'RangeError' })]);
  });

  it('whose stream nobody read is unconsumed when the response has gone out', () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async function* () {
      yield 1;
    });
    run();
    response.end('completed', 500);
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'aborted', abort_reason: 'unconsumed', http_status: 500, chunk_count: 0 }),
    ]);
  });

  it('that still waits for it at shutdown is told once', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async () => 1);
    await run();
    target.openCalls.finishAll();
    response.end('completed');
    expect(completed(target)).toEqual([expect.objectContaining({ outcome: 'aborted', abort_reason: 'shutdown' })]);
  });

  it('whose response is cut while the application leaves is aborted by the shutdown', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async () => 1);
    await run();
    target.openCalls.leave();
    response.end('closed');
    expect(completed(target)).toEqual([expect.objectContaining({ outcome: 'aborted', abort_reason: 'shutdown' })]);
  });

  it('that the client left before the application did has tools that were stopped by the client', async () => {
    const target = new CollectingTarget();
    let stop = (): void => undefined;
    const tool = trackedRun(target, () => new Promise<void>((_, reject) => (stop = () => reject(abortError()))));
    const { run, response } = message(target, () => tool());
    const running = run();
    response.end('closed');
    target.openCalls.leave();
    stop();
    await running.catch(() => undefined);
    expect(outcomes(target)).toEqual(['', 'aborted client_closed', 'aborted client_closed']);
  });

  it('whose client left stops nothing of the work that is done for somebody else beneath it', () => {
    const target = new CollectingTarget();
    const fail = trackedRun(target, (): void => {
      throw abortError();
    });
    const { run, response, frame } = message(target, () => {
      response.end('closed');
      expect(() => AnalyticsContext.run({ userId: 'bob' }, fail)).toThrow();
      expect(fail).toThrow();
    });
    frame.values = { userId: 'ann' };
    run();
    expect(outcomes(target).slice(1, 3)).toEqual(['aborted user_stopped', 'aborted client_closed']);
  });

  it('that the client left is no less aborted by it at shutdown or of old age', () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, () => new Promise(() => undefined));
    void run();
    response.end('closed');
    target.clock.advance(61 * 60_000);
    target.openCalls.sweep();
    expect(completed(target)).toEqual([
      expect.objectContaining({ outcome: 'aborted', abort_reason: 'client_closed', duration_ms: 0 }),
    ]);
  });

  it('counts what the handler writes by itself, where its result is no stream', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async () => undefined);
    await run();
    target.clock.advance(4);
    response.write();
    target.clock.advance(4);
    response.write();
    response.end('completed');
    expect(completed(target)).toEqual([
      expect.objectContaining({ chunk_count: 2, time_to_first_chunk_ms: 4, duration_ms: 8 }),
    ]);
  });

  it('counts the chunks of its result, not how they are written', async () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, async function* () {
      yield 1;
    });
    for await (const _ of run()) for (let i = 0; i < 3; i++) response.write();
    response.end('completed');
    expect(completed(target)).toEqual([expect.objectContaining({ chunk_count: 1 })]);
  });

  it('has no chunks to count where the answer goes out in one piece', () => {
    const target = new CollectingTarget();
    const { run, response } = message(target, () => 'all');
    run();
    response.end('completed');
    expect(completed(target)).toEqual([expect.objectContaining({ chunk_count: null, time_to_first_chunk_ms: null })]);
  });

  it('answers somebody else than the message beneath, whose status, chunks and trace are its own', () => {
    const target = new CollectingTarget({ exposeTraceId: true });
    const ask = trackedRun(target, () => undefined, TrackMessage({ message: () => 'hi' }));
    const { run, response, frame } = message(target, () => {
      AnalyticsContext.run({ userId: 'bob', sessionId: 's2' }, ask);
      response.write();
    });
    frame.values = { userId: 'ann', sessionId: 's1' };
    run();
    const [, bobs] = target.of('copilot_message_sent');
    expect(completed(target)).toEqual([expect.objectContaining({ outcome: 'success', chunk_count: null })]);
    response.end('completed', 500);
    expect(completed(target)).toMatchObject([{ outcome: 'success' }, { outcome: 'error', http_status: 500 }]);
    expect(completed(target)[0]).not.toHaveProperty('http_status');
    expect(response.headers['x-analytics-trace-id']).not.toBe(bobs?.traceId);
  });

  it('shows its trace only where that is wanted', () => {
    const [quiet, open] = [new CollectingTarget(), new CollectingTarget({ exposeTraceId: true })];
    const headers = [quiet, open].map((target) => {
      const { run, response } = message(target, () => 1);
      run();
      return response.headers;
    });
    expect(headers).toEqual([{}, { 'x-analytics-trace-id': open.records[0]?.traceId }]);
  });

  it('is found through the frames of calls between', () => {
    const target = new CollectingTarget();
    const inner = trackedRun(target, () => 1, TrackMessage({ message: () => 'hi' }));
    const { response, frame } = message(target, () => 1);
    contextStorage.run(frame, trackedRun(target, inner));
    expect(completed(target)).toEqual([]);
    response.end('completed', 204);
    expect(completed(target)).toEqual([expect.objectContaining({ http_status: 204 })]);
  });
});
