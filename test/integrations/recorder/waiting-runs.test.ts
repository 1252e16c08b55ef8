import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import type { AnalyticsContextValues } from '../../../src/context/context-values.js';
import { ends, RecordingTarget } from './recording-target.js';

const framework = 'test';
// Models name their calls like this, in each conversation anew.
const id = 'functions.ask_user:0';
const ada = { userId: 'ada', sessionId: 's1' };

const runOf = (target: RecordingTarget, who: AnalyticsContextValues) => {
  return AnalyticsContext.run(who, () => target.recorder.run({ framework, name: 'agent' }));
};

describe('What an interrupted run waits for', () => {
  it.each([
    { userId: 'bob', sessionId: 's2' },
    { userId: 'bob', sessionId: 's1' },
    { userId: 'ada', sessionId: 's2' },
    { sessionId: 's1' },
    {},
  ])('is not given to %o, whose call has the same id', (other) => {
    const target = new RecordingTarget();
    const asked = runOf(target, ada);
    asked.awaits({ id, toolName: 'ask_user', toolCallId: id });
    asked.end();
    const theirs = runOf(target, other);
    target.recorder.resumes(id, theirs);
    target.recorder.decided({ id, decision: 'accept' }, theirs);
    theirs.end();
    expect(target.measured('copilot_agent_run_success').execution_id).toBe(theirs.traceId);
    expect(target.measured('copilot_tool_decision').wait_ms).toBeNull();

    target.records.splice(0);
    const own = runOf(target, ada);
    target.recorder.resumes(id, own);
    own.end();
    expect(target.measured('copilot_agent_run_success').execution_id).toBe(asked.traceId);
  });

  it('is found again by a session that only the framework knows', () => {
    const target = new RecordingTarget();
    const start = { framework, name: 'agent', sessionId: 'thread-1' };
    const asked = target.recorder.run(start);
    asked.awaits({ id, toolName: 'ask_user', toolCallId: id });
    asked.end();
    const resumed = target.recorder.run(start);
    target.recorder.resumes(id, resumed);
    resumed.end();
    expect(target.measured('copilot_agent_run_success').execution_id).toBe(asked.traceId);
  });

  it('is decided once in each conversation: a resent answer is the same event there only', () => {
    const target = new RecordingTarget();
    for (const who of [ada, ada, { ...ada, sessionId: 's2' }, { ...ada, userId: 'bob' }]) {
      target.recorder.decided({ id, decision: 'accept' }, runOf(target, who));
    }
    const keys = target.of('copilot_tool_decision').map(({ dedupKey }) => dedupKey);
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(3);
  });

  it('has an id: what has none can’t be known again, and the run is at its limit', () => {
    const target = new RecordingTarget();
    const asked = target.recorder.run({ framework, name: 'agent' });
    asked.awaits({ id: '', toolName: 'ask_user', toolCallId: '' });
    asked.end({ outcome: 'step_limit' });
    expect(ends(target.of('copilot_agent_run_failed'))).toEqual(['copilot_agent_run_failed step_limit']);
    const next = target.recorder.run({ framework, name: 'agent' });
    target.recorder.resumes('', next);
    next.end();
    expect(target.measured('copilot_agent_run_success').execution_id).toBe(next.traceId);
  });
});
