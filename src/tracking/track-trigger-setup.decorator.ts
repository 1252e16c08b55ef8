import type { TrackMethodDecorator } from './apply-tracking.js';
import { trackCreation } from './track-creation.js';
import type { TrackableMethod, TrackOptions } from './track-options.js';

/**
 * Tracks that a trigger was set up, not that it fired (that is `AnalyticsService.trackTriggerFired`):
 * `copilot_trigger_setup`, or `copilot_trigger_setup_failed`, when the method is over.
 *
 * `graph_id`, `graph_name`, `trigger_type` and `library_agent_id` are found in the result or the arguments.
 *
 * @example
 * @TrackTriggerSetup()
 * async setupTrigger(input: SetupTrigger): Promise<Trigger> { … }
 */
export function TrackTriggerSetup<M extends TrackableMethod>(options: TrackOptions<M> = {}): TrackMethodDecorator<M> {
  return trackCreation<M>('TrackTriggerSetup', 'trigger_setup', 'trigger_setup_failed', options);
}
