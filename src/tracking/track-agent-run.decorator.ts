import type { Outcome } from '../capture/event-details.js';
import { trackMethod, type TrackMethodDecorator } from './apply-tracking.js';
import { measuredOf, putToolTotals, recordMoment } from './call-moments.js';
import { declaredProperties, fillDeclared } from '../capture/declared-properties.js';
import { modelTotals } from '../capture/model-totals.js';
import type { TrackableMethod, TrackOptions } from './track-options.js';
import type { Tracking } from './tracking.js';

const declared = declaredProperties('agent_run_success');

/**
 * Tracks each run of an agent, when it is over: `copilot_agent_run_success`, `copilot_agent_run_failed`, or
 * `copilot_agent_run_started` where `outcome` says that it was only queued (its end is told by
 * `AnalyticsService.trackAgentRunFinished`). A run that is `interrupted` goes on, so it emits nothing.
 *
 * `graph_id`, `graph_name`, `execution_id` and `library_agent_id` are found in the result or the arguments.
 *
 * @example
 * @TrackAgentRun({ outcome: ({ result }) => (result.queued ? 'queued' : 'success') })
 * async runAgent(input: RunAgent): Promise<Execution> { … }
 */
export function TrackAgentRun<M extends TrackableMethod>(options: TrackOptions<M> = {}): TrackMethodDecorator<M> {
  return trackMethod<M>('TrackAgentRun', (_key, fromClass) => {
    const tracking: Tracking = {
      id: 'TrackAgentRun',
      decorator: 'TrackAgentRun',
      options,
      fromClass,
      kind: 'run',
      ended(call, end) {
        const models = call.frame.totals?.models;
        // What a framework ran for it waits for a human: so does this run, unless its decorator says how it ended.
        const waits = models?.interrupted === true && end.outcome === 'success' && options.outcome === undefined;
        const event = waits ? undefined : eventFor(end.outcome);
        if (event === undefined) return;
        const measured = measuredOf(call, end);
        putToolTotals(measured, call);
        if (models !== undefined) Object.assign(measured, modelTotals(models));
        if (event === 'agent_run_failed') measured.error_type ??= null;
        const { names, clock } = call.target;
        const filled = fillDeclared(declared, end.result, call.args);
        recordMoment(call, tracking, { event: names[event], time: clock.now(), filled, measured }, end);
      },
    };
    return tracking;
  });
}

function eventFor(outcome: Outcome | undefined) {
  switch (outcome) {
    case 'success':
      return 'agent_run_success';
    case 'interrupted':
      return undefined;
    // A lazy thenable was begun by nobody yet, or by whoever it was given to: its end is not known either.
    case 'queued':
    case undefined:
      return 'agent_run_started';
    default:
      return 'agent_run_failed';
  }
}
