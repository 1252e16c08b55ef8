import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import { contextStorage, currentFrame } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { TrackToolCall } from '../../../src/tracking/track-tool-call.decorator.js';
import { trackedRun } from '../../support/tracked-run.js';
import { ends, RecordingTarget } from './recording-target.js';

const framework = 'test';
const minute = 60_000;

describe('A run that never ends', () => {
  it('is abandoned after an hour without a sign of life, with what is open in it', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    target.recorder.modelCall({ parent: run, model: 'm' });
    target.clock.advance(59 * minute);
    target.recorder.sweep();
    expect(target.records).toEqual([]);
    target.clock.advance(2 * minute);
    target.recorder.sweep();
    expect(ends(target.records)).toEqual([
      '$ai_generation abandoned',
      'copilot_agent_run_failed abandoned',
      '$ai_trace abandoned',
    ]);
    expect(target.recorder.openCount).toBe(0);
  });

  it('lives on while anything in it shows life', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    for (let i = 0; i < 3; i++) {
      target.clock.advance(59 * minute);
      target.recorder.tool({ parent: run, name: 'find' }).end();
      target.recorder.sweep();
    }
    expect(target.recorder.openCount).toBe(1);
  });

  it('is abandoned when 10,000 others were begun after it', () => {
    const target = new RecordingTarget();
    for (let i = 0; i < 10_005; i++) target.recorder.run({ framework, name: `agent ${i}` });
    expect(target.recorder.openCount).toBe(10_000);
    expect(target.of('copilot_agent_run_failed').map(({ properties }) => properties.graph_name)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `agent ${i}`),
    );
  });

  it('ends a minute after its client has left, unless it goes on', () => {
    const target = new RecordingTarget();
    const frame = new Frame(undefined, { sessionId: 's1' }, undefined, undefined);
    frame.transport = { onEnd: () => undefined, setHeader: () => undefined, hasClosed: () => true };
    const run = contextStorage.run(frame, () => target.recorder.run({ framework, name: 'agent' }));
    frame.close();
    target.clock.advance(0.9 * minute);
    target.recorder.modelCall({ parent: run }).end();
    target.clock.advance(0.9 * minute);
    target.recorder.sweep();
    expect(target.recorder.openCount).toBe(1);
    target.clock.advance(0.2 * minute);
    target.recorder.sweep();
    expect(ends(target.of('copilot_agent_run_failed'))).toEqual(['copilot_agent_run_failed aborted client_closed']);
  });

  it('is over with the application', () => {
    const target = new RecordingTarget();
    target.recorder.run({ framework, name: 'agent' });
    target.recorder.close();
    target.recorder.close();
    expect(ends(target.of('$ai_trace'))).toEqual(['$ai_trace aborted shutdown']);
  });

  it('is remembered where the run around it succeeded without it', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'outer' });
    const inner = target.recorder.run({ framework, name: 'inner', parent: run });
    run.end();
    expect(target.recorder.openCount).toBe(1);
    inner.end({ error: new Error('late') });
    expect(ends(target.of('$ai_span'))).toEqual(['$ai_span error']);
    expect(target.recorder.openCount).toBe(0);
  });
});

describe('A run that has its successor begun from within', () => {
  it.each(['agent', undefined])('(%s) hangs on no more than the first', async (name) => {
    const { recorder } = new RecordingTarget();
    let run = recorder.run({ framework, name });
    for (let i = 0; i < 300; i++) {
      const next = new Promise<typeof run>((resolve) => {
        run.runIn(() => setImmediate(() => resolve(recorder.run({ framework, name }))));
      });
      run.end();
      run = await next;
    }
    expect(run.frame.depth).toBeLessThanOrEqual(1);
    expect(recorder.openCount).toBe(1);
  });
});

describe('An end', () => {
  it('counts once', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    run.end();
    run.end({ error: new Error('later') });
    expect(ends(target.records)).toEqual(['copilot_agent_run_success success', '$ai_trace success']);
  });

  it('is an abort where the error says so, and a timeout where that does', () => {
    const target = new RecordingTarget();
    const end = (error: unknown, signal?: AbortSignal) => target.recorder.run({ framework }).end({ error, signal });
    end(new DOMException('stop', 'AbortError'));
    end(new DOMException('slow', 'TimeoutError'));
    end(new Error('whatever'), AbortSignal.abort());
    end(new TypeError('bug'));
    expect(ends(target.records)).toEqual([
      '$ai_trace aborted user_stopped',
      '$ai_trace aborted timeout',
      '$ai_trace aborted user_stopped',
      '$ai_trace error',
    ]);
  });

  it('of a tool is an error where its result says so, unless its framework says else', () => {
    const target = new RecordingTarget();
    const hostile = { get isError(): never { throw new TypeError('no'); } }; // prettier-ignore
    for (const end of [{ result: { isError: true } }, { result: { isError: false } }, { result: hostile }]) {
      target.recorder.tool({ name: 'find' }).end(end);
    }
    target.recorder.tool({ name: 'find' }).end({ outcome: 'success', result: { isError: true } });
    const told = target.of('copilot_tool_called').map(({ measured }) => measured?.['outcome']);
    expect(told).toEqual(['error', 'success', 'success', 'success']);
  });

  it('of a failed run cuts off what is open in it', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    target.recorder.tool({ parent: run, name: 'find' });
    run.end({ error: new TypeError('bug') });
    expect(ends(target.records)).toEqual([
      'copilot_tool_called aborted',
      '$ai_span aborted',
      'copilot_agent_run_failed error',
      '$ai_trace error',
    ]);
  });
});

describe('What counts as an agent’s run', () => {
  it('has a name', () => {
    const target = new RecordingTarget();
    target.recorder.run({ framework }).end();
    expect(target.events).toEqual(['$ai_trace']);
  });

  it('is decided by isAgentRun where that answers', () => {
    const asked: unknown[] = [];
    const target = new RecordingTarget(
      {},
      {
        isAgentRun: (run) => {
          asked.push(run);
          return run.name !== 'title';
        },
      },
    );
    target.recorder.run({ framework }).end();
    target.recorder.run({ framework, name: 'title' }).end();
    expect(target.of('copilot_agent_run_success').map(({ properties }) => properties.graph_name)).toEqual([null]);
    expect(asked).toEqual([
      { framework, name: undefined, isNested: false },
      { framework, name: 'title', isNested: false },
    ]);
  });

  it('is decided by the name where isAgentRun throws, which is told once', () => {
    const target = new RecordingTarget(
      {},
      {
        isAgentRun: () => {
          throw new TypeError('bug');
        },
      },
    );
    target.recorder.run({ framework, name: 'agent' }).end();
    target.recorder.run({ framework, name: 'agent' }).end();
    expect(target.of('copilot_agent_run_success')).toHaveLength(2);
    expect(target.reporter.codes).toEqual(['NAA102']);
  });
});

describe('A message', () => {
  const message = { isMessage: true, length: 5, isRegeneration: false };

  it('is told for the first run of a chat’s request only', () => {
    const target = new RecordingTarget();
    AnalyticsContext.run({ sessionId: 's1', trigger: 'chat' }, () => {
      target.recorder.run({ framework, name: 'title', message }).end();
      target.recorder.run({ framework, name: 'agent', message }).end();
    });
    expect(target.of('copilot_message_sent')).toHaveLength(1);
    expect(target.of('copilot_response_completed')).toHaveLength(1);
    expect(target.of('copilot_agent_run_success')).toHaveLength(2);
  });

  it('is none outside a chat: a schedule’s run has no user who wrote', () => {
    const target = new RecordingTarget();
    AnalyticsContext.run({ sessionId: 's1', trigger: 'schedule' }, () => {
      target.recorder.run({ framework, name: 'agent', message }).end();
    });
    expect(target.events).toEqual(['copilot_agent_run_success', '$ai_trace']);
  });
});

describe('Who and where', () => {
  it('comes from the context; the framework’s ids count where it has none', () => {
    const target = new RecordingTarget();
    const start = { framework, userId: 'theirs', sessionId: 'thread', traceId: 'trace_1' };
    target.recorder.run(start).end();
    AnalyticsContext.run({ userId: 'ada', sessionId: 's1' }, () => target.recorder.run(start).end());
    expect(target.records.map(({ context, traceId }) => [context.userId, context.sessionId, traceId])).toEqual([
      ['theirs', 'thread', 'trace_1'],
      ['ada', 's1', 'trace_1'],
    ]);
  });

  it('is found by the framework’s id, for a while after its end too', () => {
    const { recorder } = new RecordingTarget();
    const run = recorder.run({ framework, key: 'r1' });
    expect(recorder.find('r1')).toBe(run);
    run.end();
    expect(recorder.find('r1')).toBe(run);
    for (let i = 0; i < 1_000; i++) recorder.run({ framework, key: i }).end();
    expect(recorder.find('r1')).toBeUndefined();
  });

  it('stays what it was when the run began', () => {
    const target = new RecordingTarget();
    const run = AnalyticsContext.run({ userId: 'ada' }, () => target.recorder.run({ framework, name: 'agent' }));
    AnalyticsContext.run({ userId: 'bob' }, () => run.end());
    expect(target.records.map(({ context }) => context.userId)).toEqual(['ada', 'ada']);
  });
});

describe('A decorated method that executes a tool', () => {
  const decorated = (target: RecordingTarget) => {
    return trackedRun(target, () => 'found', TrackToolCall('find_agent') as MethodDecorator);
  };

  it('takes over the call whose context it runs in', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    const tool = target.recorder.tool({ parent: run, name: 'findAgent', callId: 'c1' });
    tool.runIn(() => decorated(target)());
    tool.end();
    run.end();
    const [called] = target.of('copilot_tool_called');
    expect(target.of('copilot_tool_called')).toHaveLength(1);
    expect(called).toMatchObject({ spanId: tool.spanId, parentSpanId: run.spanId, traceId: run.traceId });
    expect(called?.properties).toMatchObject({ tool_call_id: 'c1' });
    expect(target.measured('copilot_agent_run_success')).toMatchObject({ tool_calls: 1 });
  });

  it('takes over the open call of its name where the framework can’t open a context', () => {
    const target = new RecordingTarget();
    AnalyticsContext.run({ sessionId: 's1' }, () => {
      const run = target.recorder.run({ framework, name: 'agent' });
      const tool = target.recorder.tool({ parent: run, name: 'findAgent', callId: 'c1' });
      decorated(target)();
      tool.end();
      run.end();
    });
    expect(target.of('copilot_tool_called').map(({ properties }) => properties.tool_call_id)).toEqual(['c1']);
    expect(target.measured('copilot_agent_run_success')).toMatchObject({ tool_calls: 1 });
  });

  it('leaves alone the calls of others', () => {
    const target = new RecordingTarget();
    AnalyticsContext.run({ sessionId: 's1' }, () => target.recorder.tool({ name: 'find_agent', callId: 'c1' }));
    AnalyticsContext.run({ sessionId: 's2' }, () => decorated(target)());
    expect(target.of('copilot_tool_called').map(({ properties }) => properties.tool_call_id)).not.toContain('c1');
  });
});

describe('A tool whose success is an event of its own', () => {
  it('is told by the names of its result and arguments, on success only', () => {
    const target = new RecordingTarget({}, { toolEvents: { schedule_agent: 'trackAgentScheduled' } });
    const begin = () => target.recorder.tool({ name: 'schedule_agent', arguments: { cron: '0 9 * * *', secret: 'x' } });
    begin().end({ result: { scheduleId: 'sch-1' } });
    begin().end({ error: new Error('no') });
    expect(target.of('copilot_agent_scheduled')).toHaveLength(1);
    const { cron, schedule_id, ...others } = target.measured('copilot_agent_scheduled');
    expect([cron, schedule_id]).toEqual(['0 9 * * *', 'sch-1']);
    expect(others).toEqual({ outcome: 'success', duration_ms: 0 });
  });
});

describe('An interrupted run', () => {
  it('is one run with the one that goes on, with both their totals, and no end at the pause', () => {
    const target = new RecordingTarget();
    const asked = target.recorder.run({ framework, name: 'agent' });
    target.recorder.modelCall({ parent: asked, model: 'm' }).end({ inputTokens: 10, outputTokens: 1, costUsd: 1 });
    target.clock.advance(100);
    asked.awaits({ id: 'q1', toolName: 'delete', toolCallId: 'c1' });
    asked.end();
    expect(target.of('copilot_agent_run_success')).toEqual([]);

    target.clock.advance(5 * minute);
    const resumed = target.recorder.run({ framework, name: 'agent' });
    target.recorder.decided({ id: 'q1', decision: 'accept' }, resumed);
    target.recorder.tool({ parent: resumed, name: 'delete' }).end();
    target.recorder.modelCall({ parent: resumed, model: 'm' }).end({ inputTokens: 20, outputTokens: 2 });
    target.clock.advance(50);
    resumed.end();
    expect(target.measured('copilot_tool_decision')).toEqual({
      tool_name: 'delete',
      tool_call_id: 'c1',
      decision: 'accept',
      wait_ms: 5 * minute,
    });
    expect(target.measured('copilot_agent_run_success')).toMatchObject({
      execution_id: asked.traceId,
      duration_ms: 150,
      generations: 2,
      input_tokens: 30,
      output_tokens: 3,
      cost_usd: 1,
      tool_calls: 1,
    });
  });

  it('asked in another process, is still decided, with an unknown wait', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework });
    target.recorder.decided({ id: 'q1', decision: 'reject', toolName: 'delete', toolCallId: 'c1' }, run);
    expect(target.measured('copilot_tool_decision')).toMatchObject({ tool_name: 'delete', wait_ms: null });
  });

  it('goes on by a result of the client, which is no decision', () => {
    const target = new RecordingTarget();
    const asked = target.recorder.run({ framework, name: 'agent' });
    asked.awaits({ id: 'c1', toolName: 'pick', toolCallId: 'c1' });
    asked.end({ outcome: 'step_limit' });
    const resumed = target.recorder.run({ framework, name: 'agent' });
    target.recorder.resumes('c1', resumed);
    resumed.end();
    expect(target.of('copilot_tool_decision')).toEqual([]);
    expect(target.measured('copilot_agent_run_success').execution_id).toBe(asked.traceId);
  });
});

describe('generations', () => {
  const told = (generations: 'openrouter' | 'off') => {
    const target = new RecordingTarget({ generations });
    const run = target.recorder.run({ framework, name: 'agent' });
    target.recorder.modelCall({ parent: run, provider: 'openrouter.chat' }).end({ inputTokens: 10 });
    target.recorder.modelCall({ parent: run, provider: 'openai.chat' }).end({ inputTokens: 10 });
    target.recorder.modelCall({ parent: run, provider: 'openai.embedding', kind: 'embedding' }).end();
    run.end();
    expect(target.measured('copilot_agent_run_success')).toMatchObject({ generations: 2, input_tokens: 20 });
    return target.events.filter((event) => /generation|embedding/.test(event));
  };

  it('off: calls of models are counted, and not told', () => expect(told('off')).toEqual([]));

  it('openrouter: its broadcast tells what may be its; embeddings of others are told here', () => {
    expect(told('openrouter')).toEqual(['$ai_embedding']);
  });
});

describe('A hook', () => {
  it('never throws into its framework, which is told once', () => {
    const target = new RecordingTarget();
    const hook = target.recorder.guard('onStart', () => {
      throw new TypeError('bug');
    });
    hook();
    hook();
    expect(target.reporter.codes).toEqual(['NAA602']);
  });

  it('without consent records nothing', () => {
    const target = new RecordingTarget();
    AnalyticsContext.run({ track: false }, () => {
      const run = target.recorder.run({ framework, name: 'agent' });
      target.recorder.tool({ parent: run, name: 'find' }).end();
      run.end();
    });
    expect(target.records).toEqual([]);
    expect(new Set(target.refused)).toEqual(new Set(['no_consent']));
  });

  it('leaves the context of the application as it was', () => {
    const { recorder } = new RecordingTarget();
    AnalyticsContext.run({ userId: 'ada' }, () => {
      const frame = currentFrame();
      recorder.tool({ parent: recorder.run({ framework }), name: 'find' }).runIn(() => undefined);
      expect(currentFrame()).toBe(frame);
    });
  });
});
