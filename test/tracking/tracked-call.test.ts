import { HttpException, NotFoundException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { contextStorage, currentFrame } from '../../src/context/context-storage.js';
import type { AnalyticsContextValues } from '../../src/context/context-values.js';
import { Frame, type TransportEnd } from '../../src/context/frame.js';
import { bindInstance } from '../../src/tracking/instance-slot.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { outcomes, trackedRun } from '../support/tracked-run.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** Runs work in a context of this application. */
function within<T>(target: CollectingTarget, values: AnalyticsContextValues, work: () => T): T {
  return contextStorage.run(new Frame(undefined, values, target.handle, undefined), work);
}

describe('a tracked call', () => {
  it('is recorded with the context that it began with', async () => {
    const target = new CollectingTarget();
    let resolve = (): void => undefined;
    const run = trackedRun(target, () => new Promise<void>((done) => (resolve = done)));
    await within(target, { userId: 'u1', sessionId: 's1' }, async () => {
      const running = run();
      AnalyticsContext.set({ groups: { team: 't1' } });
      resolve();
      await running;
    });
    expect(target.only.context).toEqual({ userId: 'u1', sessionId: 's1' });
    expect(target.only.source).toBe('Tools.run');
  });

  it.each<[string, AnalyticsContextValues, boolean]>([
    ['for somebody else', { userId: 'u2' }, false],
    ['in another conversation', { sessionId: 's2' }, false],
    ['in a trace of its own', { traceId: 't2' }, false],
    ['for the same person', { userId: 'u1', surface: 'web' }, true],
  ])('work %s, begun within a message', (_name, values, isPart) => {
    const target = new CollectingTarget();
    const [tool, lazy] = [trackedRun(target, () => 1), trackedRun(target, async function* () {})];
    const other = (): void => {
      AnalyticsContext.run(values, () => [tool(), lazy()]);
    };
    within(target, { userId: 'u1', sessionId: 's1' }, trackedRun(target, other, TrackMessage({ message: () => 'hi' })));
    expect(target.of('copilot_response_completed')[0]?.measured?.tool_calls).toBe(isPart ? 1 : 0);
    // Nobody has read it when the message is over.
    expect(outcomes(target).includes('aborted unconsumed')).toBe(isPart);
  });

  it('asks the carrier again in a call beneath it, because a guard may have named the user since', () => {
    const target = new CollectingTarget();
    let user: string | undefined;
    const inner = trackedRun(target, () => undefined);
    const outer = trackedRun(target, () => {
      user = 'u1';
      inner();
    });
    const frame = new Frame(undefined, {}, target.handle, () => (user === undefined ? undefined : { userId: user }));
    contextStorage.run(frame, outer);
    expect(target.records.map((record) => record.context.userId)).toEqual(['u1', undefined]);
  });

  it('of nobody, as its decorator says, is nobody’s within, whatever the carrier finds out', () => {
    const target = new CollectingTarget();
    let user: string | undefined;
    const inner = trackedRun(target, () => undefined);
    const anonymous = TrackToolCall({ userId: () => null });
    const outer = trackedRun(target, () => ((user = 'u1'), inner()), anonymous);
    const frame = new Frame(undefined, {}, target.handle, () => (user === undefined ? undefined : { userId: user }));
    contextStorage.run(frame, outer);
    expect(target.records[0]?.context.userId ?? null).toBeNull();
  });

  it('outside any context is tracked, and told once', () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, () => 1);
    run();
    run();
    expect(target.records).toHaveLength(2);
    expect(target.reporter.codes).toEqual(['NAA101']);
  });

  it('of a silenced context is refused, and runs', () => {
    const target = new CollectingTarget();
    expect(
      within(
        target,
        { track: false },
        trackedRun(target, () => 1),
      ),
    ).toBe(1);
    expect(target.refused).toEqual(['no_consent']);
  });

  it('leaves the caller in the context that it called from', async () => {
    const target = new CollectingTarget();
    await within(target, { userId: 'u1' }, async () => {
      const before = currentFrame();
      await trackedRun(target, async () => Promise.resolve())();
      expect(currentFrame()).toBe(before);
    });
  });
});

describe('the trace', () => {
  class Agent {
    constructor(private readonly tools: Tools) {}
    @TrackAgentRun()
    async run() {
      await this.tools.find();
    }
  }
  class Tools {
    @TrackToolCall()
    async find() {
      await new Promise((resolve) => setImmediate(resolve));
      this.parse();
    }
    @TrackToolCall()
    parse() {}
  }
  class Chat {
    constructor(private readonly agent: Agent) {}
    @TrackMessage()
    async send(_body: { message: string }) {
      await this.agent.run();
    }
  }
  const chat = (target: CollectingTarget) => {
    const tools = new Tools();
    const agent = new Agent(tools);
    const made = { tools, agent, chat: new Chat(agent) };
    for (const instance of Object.values(made)) bindInstance(instance, target.handle);
    return made;
  };

  it('begins at a message and makes a tree of all beneath, over awaits and timers', async () => {
    const target = new CollectingTarget();
    await within(target, { sessionId: 's1' }, () => chat(target).chat.send({ message: 'hi' }));
    const [sent, parse, find, run, completed] = target.records;
    expect(target.events).toEqual([
      'copilot_message_sent',
      'copilot_tool_called',
      'copilot_tool_called',
      'copilot_agent_run_success',
      'copilot_response_completed',
    ]);
    expect(sent?.traceId).toMatch(uuid);
    expect(new Set(target.records.map((record) => record.traceId)).size).toBe(1);
    expect(sent?.parentSpanId).toBeUndefined();
    expect(completed?.spanId).toBe(sent?.spanId);
    expect(run?.parentSpanId).toBe(sent?.spanId);
    expect(find?.parentSpanId).toBe(run?.spanId);
    expect(parse?.parentSpanId).toBe(find?.spanId);
    expect(new Set(target.records.map((record) => record.spanId)).size).toBe(4);
  });

  it('counts the tools beneath for every message and run that encloses them', async () => {
    const target = new CollectingTarget();
    await chat(target).chat.send({ message: 'hi' });
    expect(target.of('copilot_agent_run_success')[0]?.measured).toMatchObject({ tool_calls: 2, tool_errors: 0 });
    expect(target.of('copilot_response_completed')[0]?.measured).toMatchObject({ tool_calls: 2, tool_errors: 0 });
  });

  it('is continued where the context has one', async () => {
    const target = new CollectingTarget();
    const values = { traceId: 't1', parentSpanId: 'p1' };
    await within(target, values, () => chat(target).agent.run());
    const run = target.of('copilot_agent_run_success')[0];
    expect(run).toMatchObject({ traceId: 't1', parentSpanId: 'p1' });
  });

  it('is none for a tool outside of any', async () => {
    const target = new CollectingTarget();
    await chat(target).tools.find();
    for (const record of target.records) {
      expect([record.traceId, record.spanId, record.parentSpanId]).toEqual([undefined, undefined, undefined]);
    }
  });

  it('travels as plain JSON to a worker', async () => {
    const target = new CollectingTarget();
    const { agent } = chat(target);
    const queue: string[] = [];
    const send = trackedRun(
      target,
      () => queue.push(JSON.stringify(AnalyticsContext.get())),
      TrackMessage({ message: () => 'hi' }),
    );
    within(target, { userId: 'u1', sessionId: 's1' }, send);
    await AnalyticsContext.run(JSON.parse(queue[0] ?? '') as AnalyticsContextValues, () => agent.run());
    const run = target.of('copilot_agent_run_success')[0];
    const sent = target.of('copilot_message_sent')[0];
    expect(run).toMatchObject({ traceId: sent?.traceId, parentSpanId: sent?.spanId });
    expect(run?.context).toMatchObject({ userId: 'u1', sessionId: 's1' });
  });
});

describe('the outcome', () => {
  class TimeoutError extends Error {
    override name = 'TimeoutError';
  }
  const aborted = (reason?: unknown): AbortSignal => AbortSignal.abort(reason);
  const abortError = Object.assign(new Error('stop'), { name: 'AbortError' });

  it.each<[string, unknown, unknown[], Record<string, unknown>]>([
    ['an error', new RangeError('no'), [], { outcome: 'error', error_type: 'RangeError' }],
    ['no error object', 'text', [], { outcome: 'error', error_type: 'string' }],
    ['undefined', undefined, [], { outcome: 'error', error_type: 'undefined' }],
    [
      'an answer below 500',
      new NotFoundException(),
      [],
      { outcome: 'error', error_type: 'NotFoundException', http_status: 404 },
    ],
    ['an answer from 500', new HttpException('no', 503), [], { outcome: 'error', error_type: 'HttpException' }],
    ['another timeout', new TimeoutError('slow'), [], { outcome: 'error', error_type: 'TimeoutError' }],
    ['an AbortError', abortError, [], { outcome: 'aborted', abort_reason: 'user_stopped' }],
    [
      'the timeout of a signal',
      new DOMException('slow', 'TimeoutError'),
      [],
      { outcome: 'aborted', abort_reason: 'timeout' },
    ],
    [
      'anything under an aborted signal',
      new Error('x'),
      [aborted()],
      { outcome: 'aborted', abort_reason: 'user_stopped' },
    ],
    [
      'anything under an aborted signal in an options object',
      new Error('x'),
      [1, { abortSignal: aborted() }],
      { outcome: 'aborted', abort_reason: 'user_stopped' },
    ],
    [
      'anything under a signal that timed out',
      new Error('x'),
      [{ signal: aborted(new DOMException('slow', 'TimeoutError')) }],
      { outcome: 'aborted', abort_reason: 'timeout' },
    ],
    [
      'an error under a signal that stands',
      new Error('x'),
      [new AbortController().signal],
      { outcome: 'error', error_type: 'Error' },
    ],
  ])('of %s that is thrown', async (_name, thrown, args, expected) => {
    const target = new CollectingTarget();
    const sync = trackedRun(target, (..._args: unknown[]): unknown => {
      throw thrown;
    });
    const later = trackedRun(target, async (..._args: unknown[]): Promise<unknown> => {
      throw thrown;
    });
    let caught: unknown = 'nothing';
    try {
      sync(...args);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
    expect(await later(...args).catch((error: unknown) => error)).toBe(thrown);
    expect(target.records.map((record) => record.measured)).toEqual([
      { ...expected, duration_ms: 0 },
      { ...expected, duration_ms: 0 },
    ]);
  });

  it('of an MCP result that says so is an error', () => {
    const target = new CollectingTarget();
    trackedRun(target, () => ({ isError: true, content: [] }))();
    expect(target.only.measured).toEqual({ outcome: 'error', duration_ms: 0, error_type: null });
  });

  it('has the message only where that is captured, redacted', () => {
    const target = new CollectingTarget({ captureErrorMessages: true });
    const run = trackedRun(target, () => {
      throw new Error('no user ann@example.org');
    });
    expect(run).toThrow();
    expect(target.only.measured).toMatchObject({ error_type: 'Error', error_message: 'no user [email]' });
  });
});

describe('calls that have not ended', () => {
  it('are aborted at shutdown, and what becomes of them later is not told again', async () => {
    const target = new CollectingTarget();
    let resolve = (_value: number): void => undefined;
    const running = trackedRun(target, () => new Promise<number>((done) => (resolve = done)))();
    target.clock.advance(5);
    target.openCalls.finishAll();
    resolve(1);
    expect(await running).toBe(1);
    expect(target.only.measured).toEqual({ outcome: 'aborted', abort_reason: 'shutdown', duration_ms: 5 });
  });

  it('end at shutdown from within, so that a message counts the tools that end with it', () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, () => new Promise<void>(() => undefined));
    const send = trackedRun(target, () => Promise.all([tool(), tool()]), TrackMessage({ message: () => 'hi' }));
    void send();
    const later = trackedRun(target, () => new Promise<void>((resolve) => setImmediate(resolve)).then(tool));
    void later();
    target.openCalls.finishAll();
    expect(target.of('copilot_response_completed')[0]?.measured).toMatchObject({ tool_calls: 2 });
    expect(target.openCalls.size).toBe(0);
  });

  it('are stopped by the shutdown where the application itself stops them as it leaves', async () => {
    const target = new CollectingTarget();
    const stopped = trackedRun(target, async (): Promise<void> => {
      throw new DOMException('stop', 'AbortError');
    });
    const read = trackedRun(target, async function* () {
      yield 1;
    });
    target.openCalls.leave();
    await stopped().catch(() => undefined);
    for await (const _ of read()) break;
    expect(outcomes(target)).toEqual(['aborted shutdown', 'aborted shutdown']);
  });

  it.each([
    [false, 'client_closed'],
    [true, 'shutdown'],
  ])('whose connection has closed say who closed it: the application leaves, %s', (isLeaving, reason) => {
    const target = new CollectingTarget();
    const frame = new Frame(undefined, {}, target.handle, undefined);
    frame.transport = { hasClosed: () => true };
    const stopped = trackedRun(target, (): void => {
      throw new DOMException('stop', 'AbortError');
    });
    if (isLeaving) target.openCalls.leave();
    expect(() => contextStorage.run(frame, stopped)).toThrow('stop');
    expect(outcomes(target)).toEqual([`aborted ${reason}`]);
  });

  it('are abandoned when they are too old, and leak nothing', async () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, () => new Promise(() => undefined));
    void run();
    target.clock.advance(61 * 60_000);
    target.openCalls.sweep();
    expect(outcomes(target)).toEqual(['abandoned']);
    expect(target.openCalls.size).toBe(0);
  });

  it('are not registered where the result is there at once', () => {
    const target = new CollectingTarget();
    trackedRun(target, () => expect(target.openCalls.size).toBe(0))();
    expect(target.openCalls.size).toBe(0);
  });
});

describe('a lazy result that nobody consumes', () => {
  async function* letters() {
    yield 'a';
  }

  it('ends with the outermost call around it, not with the run that hands it on', async () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, letters);
    const agent = trackedRun(target, () => ({ answer: tool(), unread: tool() }), TrackAgentRun());
    const send = trackedRun(
      target,
      async () => {
        for await (const _ of agent().answer) continue;
        expect(target.of('copilot_tool_called')).toHaveLength(1);
      },
      TrackMessage({ message: () => 'hi' }),
    );
    await send();
    expect(target.of('copilot_tool_called').map((record) => record.measured?.abort_reason)).toEqual([
      undefined,
      'unconsumed',
    ]);
  });

  it.each<[string, TransportEnd]>([
    ['a request’s', { onOver: (over) => over() }],
    ['a handler’s', { onEnd: (ended) => ended('completed', 200) }],
  ])('that begins when %s response is over is followed to its own end', async (_, transport) => {
    const target = new CollectingTarget();
    const frame = new Frame(undefined, {}, target.handle, undefined);
    frame.transport = transport;
    const read = contextStorage.run(frame, trackedRun(target, letters));
    expect(outcomes(target)).toEqual([]);
    for await (const _letter of read) target.clock.advance(3);
    expect(target.only.measured).toMatchObject({ outcome: 'success', duration_ms: 3 });
  });

  it('is let go where it ends otherwise', () => {
    const target = new CollectingTarget();
    const frame = new Frame(undefined, {}, target.handle, undefined);
    contextStorage.run(frame, trackedRun(target, letters));
    expect(frame.onClose?.size).toBe(1);
    target.openCalls.finishAll();
    expect(frame.onClose?.size).toBe(0);
  });

  it('leaves nothing behind in a context that goes on for long', async () => {
    const target = new CollectingTarget();
    const frame = new Frame(undefined, {}, target.handle, undefined);
    await contextStorage.run(frame, async () => {
      for (let i = 0; i < 5; i++) for await (const _ of trackedRun(target, letters)()) continue;
    });
    expect(frame.onClose?.size).toBe(0);
  });
});
