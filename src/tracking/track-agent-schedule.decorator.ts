import type { TrackMethodDecorator } from './apply-tracking.js';
import { trackCreation } from './track-creation.js';
import type { TrackableMethod, TrackOptions } from './track-options.js';

/**
 * Tracks that a schedule was set up, not that it fired (that is `AnalyticsService.trackScheduleFired`):
 * `copilot_agent_scheduled`, or `copilot_agent_schedule_failed`, when the method is over.
 *
 * `graph_id`, `graph_name`, `schedule_id`, `schedule_name`, `cron` and `library_agent_id` are found in the result or the
 * arguments.
 *
 * @example
 * @TrackAgentSchedule()
 * async scheduleAgent(input: ScheduleAgent): Promise<Schedule> { … }
 */
export function TrackAgentSchedule<M extends TrackableMethod>(options: TrackOptions<M> = {}): TrackMethodDecorator<M> {
  return trackCreation<M>('TrackAgentSchedule', 'agent_scheduled', 'agent_schedule_failed', options);
}
