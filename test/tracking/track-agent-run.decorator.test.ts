import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/capture/event-details.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackAgentSchedule } from '../../src/tracking/track-agent-schedule.decorator.js';
import { TrackTriggerSetup } from '../../src/tracking/track-trigger-setup.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

type Decorators = Record<string, (options: { outcome: () => Outcome }) => (...args: never[]) => void>;
const decorators = { TrackAgentRun, TrackAgentSchedule, TrackTriggerSetup } as unknown as Decorators;

describe('the event of a decorator follows from the outcome', () => {
  it.each<[string, Outcome, string[]]>([
    ['TrackAgentRun', 'success', ['copilot_agent_run_success']],
    ['TrackAgentRun', 'queued', ['copilot_agent_run_started']],
    ['TrackAgentRun', 'interrupted', []],
    ['TrackAgentRun', 'error', ['copilot_agent_run_failed']],
    ['TrackAgentRun', 'aborted', ['copilot_agent_run_failed']],
    ['TrackAgentRun', 'step_limit', ['copilot_agent_run_failed']],
    ['TrackAgentRun', 'abandoned', ['copilot_agent_run_failed']],
    ['TrackAgentSchedule', 'success', ['copilot_agent_scheduled']],
    ['TrackAgentSchedule', 'error', ['copilot_agent_schedule_failed']],
    ['TrackAgentSchedule', 'interrupted', []],
    ['TrackTriggerSetup', 'success', ['copilot_trigger_setup']],
    ['TrackTriggerSetup', 'error', ['copilot_trigger_setup_failed']],
  ])('%s, %s: %j', (name, outcome, events) => {
    const target = new CollectingTarget();
    trackedRun(target, () => 1, decorators[name]?.({ outcome: () => outcome }))();
    expect(target.events).toEqual(events);
    for (const record of target.records) {
      expect(record.measured).toMatchObject({ outcome, duration_ms: 0 });
      if (record.event.endsWith('_failed')) expect(record.measured).toHaveProperty('error_type', null);
    }
  });

  it.each(['TrackAgentRun', 'TrackAgentSchedule', 'TrackTriggerSetup'])('%s fails where the method throws', (name) => {
    const target = new CollectingTarget();
    const run = trackedRun(
      target,
      () => {
        throw new RangeError('no');
      },
      decorators[name]?.({ outcome: () => 'success' }),
    );
    expect(run).toThrow(RangeError);
    expect(target.events).toEqual([expect.stringMatching(/_failed$/)]);
    expect(target.only.measured).toMatchObject({ outcome: 'error', error_type: 'RangeError' });
  });
});

describe('declared properties', () => {
  it('come from the result, then from the arguments in order, in either spelling', async () => {
    const target = new CollectingTarget();
    const run = trackedRun(
      target,
      async (..._args: unknown[]) => ({ executionId: 'e1', graph_name: 'Named', graphId: null, secret: 'x' }),
      TrackAgentRun(),
    );
    await run('text', null, { graph_id: 'g1', libraryAgentId: 7 }, { graphId: 'g2', graphName: 'Other' });
    expect(target.only.properties).toEqual({
      graph_id: 'g1',
      graph_name: 'Named',
      execution_id: 'e1',
      library_agent_id: 7,
    });
  });

  it('are those of the event and no others, in their own data of primitive type', () => {
    class Dto {
      scheduleId = 's1';
      cron = '0 * * * *';
      scheduleName = { toString: () => 'object' };
      password = 'secret';
      get graphName(): string {
        throw new Error('called');
      }
    }
    const trap = {};
    Object.defineProperty(trap, 'graphName', {
      get() {
        throw new Error('called');
      },
    });
    const shy = new Proxy(
      {},
      {
        getOwnPropertyDescriptor() {
          throw new Error('shy');
        },
      },
    );
    const target = new CollectingTarget();
    trackedRun(target, (..._args: unknown[]) => undefined, TrackAgentSchedule())(shy, trap, new Dto());
    expect(target.only.properties).toEqual({ schedule_id: 's1', cron: '0 * * * *' });
  });

  it('are none of an event of your own', () => {
    const target = new CollectingTarget();
    trackedRun(target, (..._args: unknown[]) => ({ graphId: 'g1' }), Track('own_event'))({ toolName: 'x' });
    expect(target.only).toMatchObject({ event: 'own_event', properties: {}, measured: { outcome: 'success' } });
  });
});

describe('a run', () => {
  it('has the time of its end, and counts its tools', () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, () => target.clock.advance(5));
    trackedRun(target, () => (tool(), tool()), TrackAgentRun())();
    const [run] = target.of('copilot_agent_run_success');
    expect(run?.time).toBe(target.clock.now());
    expect(run?.measured).toEqual({ outcome: 'success', duration_ms: 10, tool_calls: 2, tool_errors: 0 });
  });

  it('that gives a lazy thenable has begun, as far as anybody knows', () => {
    const target = new CollectingTarget();
    trackedRun(target, () => ({ then: () => undefined }), TrackAgentRun())();
    expect(target.events).toEqual(['copilot_agent_run_started']);
    expect(target.only.measured).toEqual({ tool_calls: 0, tool_errors: 0 });
  });
});
