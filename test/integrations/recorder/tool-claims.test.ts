import { describe, expect, it } from 'vitest';
import { TrackToolCall } from '../../../src/tracking/track-tool-call.decorator.js';
import { trackedRun } from '../../support/tracked-run.js';
import { RecordingTarget } from './recording-target.js';

const framework = 'test';

function decorated(target: RecordingTarget, name: string, body: () => unknown = () => 'found') {
  return trackedRun(target, body, TrackToolCall(name) as MethodDecorator);
}

/** Name, outcome and id of the call of each tool that was told. */
function tools(target: RecordingTarget): unknown[] {
  return target
    .of('copilot_tool_called')
    .map(({ properties: p, measured }) => [p.tool_name, measured?.outcome, p.tool_call_id]);
}

describe('A decorated method of another name inside a tool', () => {
  it('is a call of its own, and the tool is told with its own end and id', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    const tool = target.recorder.tool({ parent: run, name: 'book_room', callId: 'c1' });
    tool.runIn(decorated(target, 'find_room'));
    tool.end({ error: new TypeError('full') });
    run.end();
    const [helper, whole] = tools(target);
    expect(helper).toEqual(['find_room', 'success', undefined]);
    expect(whole).toEqual(['book_room', 'error', 'c1']);
    const [inner, outer] = target.of('copilot_tool_called');
    expect(outer?.spanId).toBe(tool.spanId);
    expect(inner?.parentSpanId).toBe(tool.spanId);
    expect(target.measured('copilot_agent_run_success')).toMatchObject({ tool_calls: 2, tool_errors: 1 });
  });

  it('does not keep the one that executes the tool from telling it', () => {
    const target = new RecordingTarget();
    const tool = target.recorder.tool({ name: 'bookRoom', callId: 'c1' });
    tool.runIn(() => {
      decorated(target, 'find_room')();
      decorated(target, 'book_room')();
    });
    tool.end();
    expect(tools(target)).toEqual([
      ['find_room', 'success', undefined],
      ['book_room', 'success', 'c1'],
    ]);
  });

  it('executes a tool of its name that a framework without contexts has begun there, and is counted once', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    const outer = target.recorder.tool({ parent: run, name: 'ask_researcher', callId: 'c1' });
    outer.runIn(() => {
      const nested = target.recorder.run({ framework, name: 'researcher' });
      const inner = target.recorder.tool({ parent: nested, name: 'find_room', callId: 'c2' });
      decorated(target, 'find_room')();
      inner.end();
      nested.end();
    });
    outer.end();
    run.end();
    expect(tools(target)).toEqual([
      ['find_room', 'success', 'c2'],
      ['ask_researcher', 'success', 'c1'],
    ]);
    expect(target.measured('copilot_agent_run_success')).toMatchObject({ tool_calls: 2, tool_errors: 0 });
  });

  it('leaves alone a tool of its name that runs beside this one', () => {
    const target = new RecordingTarget();
    const run = target.recorder.run({ framework, name: 'agent' });
    const booking = target.recorder.tool({ parent: run, name: 'book_room', callId: 'c1' });
    const finding = target.recorder.tool({ parent: run, name: 'find_room', callId: 'c2' });
    booking.runIn(decorated(target, 'find_room'));
    booking.end();
    finding.end();
    expect(tools(target).slice(1)).toEqual([
      ['book_room', 'success', 'c1'],
      ['find_room', 'success', 'c2'],
    ]);
  });
});
