import { describe, expect, it } from 'vitest';
import { contextStorage } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { ends, RecordingTarget } from './recording-target.js';

const framework = 'test';
const second = 1_000;
const minute = 60 * second;

/** A run whose client has left. */
function left(target: RecordingTarget) {
  const frame = new Frame(undefined, { sessionId: 's1' }, undefined, undefined);
  frame.transport = { onEnd: () => undefined, setHeader: () => undefined, hasClosed: () => true };
  const run = contextStorage.run(frame, () => target.recorder.run({ framework, name: 'agent' }));
  const leave = () => frame.close();
  return { run, leave };
}

const endOf = (target: RecordingTarget) => ends(target.of('copilot_agent_run_failed'));
const wait = (target: RecordingTarget, ms: number) => {
  target.clock.advance(ms);
  target.recorder.sweep();
};

describe('What has ended', () => {
  it('is found for some seconds, and then holds on to its request no longer', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, key: 'r1' });
    run.end();
    wait(target, second);
    expect(target.recorder.find('r1')).toBe(run);
    wait(target, 10 * second);
    expect(target.recorder.find('r1')).toBeUndefined();
  });
});

describe('A run whose client has left', () => {
  it.each(['a model', 'a tool'])('goes on for a quarter of an hour while %s is at work in it', (worker) => {
    const target = new RecordingTarget();
    const { run, leave } = left(target);
    const work =
      worker === 'a tool'
        ? target.recorder.tool({ parent: run, name: 'find' })
        : target.recorder.modelCall({ parent: run, model: 'm' });
    leave();
    wait(target, 14 * minute);
    expect(endOf(target)).toEqual([]);
    work.end();
    run.end();
    expect(target.of('copilot_agent_run_success')).toHaveLength(1);
  });

  it('is over then, where nothing more is told of it', () => {
    const target = new RecordingTarget();
    const { run, leave } = left(target);
    target.recorder.modelCall({ parent: run, model: 'm' });
    leave();
    wait(target, 16 * minute);
    expect(endOf(target)).toEqual(['copilot_agent_run_failed aborted client_closed']);
  });

  it('is over by that, not by the application that leaves later', () => {
    const target = new RecordingTarget();
    const { run, leave } = left(target);
    target.recorder.modelCall({ parent: run, model: 'm' });
    leave();
    wait(target, 2 * minute);
    target.recorder.close();
    expect(endOf(target)).toEqual(['copilot_agent_run_failed aborted client_closed']);
    expect(target.measured('copilot_agent_run_failed').duration_ms).toBe(0);
  });

  it('goes on while an answer comes in pieces', () => {
    const target = new RecordingTarget();
    const { run, leave } = left(target);
    const call = target.recorder.modelCall({ parent: run, model: 'm' });
    leave();
    for (let i = 0; i < 3; i++) {
      wait(target, 14 * minute);
      call.showsLife();
    }
    expect(target.recorder.openCount).toBe(1);
  });
});

describe('What is given up', () => {
  it('was over with its last sign of life, and so was what is open in it', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    const call = target.recorder.modelCall({ parent: run, model: 'm' });
    target.clock.advance(2 * second);
    call.showsLife();
    wait(target, 61 * minute);
    expect(target.measured('copilot_agent_run_failed')).toMatchObject({ outcome: 'abandoned', duration_ms: 2_000 });
    expect(target.measured('$ai_generation').$ai_latency).toBe(2);
    expect(target.measured('$ai_trace').$ai_latency).toBe(2);
  });

  it('after its client, was over when that left', () => {
    const target = new RecordingTarget();
    const { leave } = left(target);
    target.clock.advance(3 * second);
    leave();
    wait(target, 5 * minute);
    expect(target.measured('copilot_agent_run_failed').duration_ms).toBe(3_000);
  });

  it('is looked for when others begin', () => {
    const target = new RecordingTarget();
    target.recorder.run({ framework, name: 'agent' });
    target.clock.advance(61 * minute);
    target.recorder.run({ framework, name: 'next' });
    expect(endOf(target)).toEqual(['copilot_agent_run_failed abandoned']);
  });
});
