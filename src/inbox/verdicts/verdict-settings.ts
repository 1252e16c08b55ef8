import type { SinkFacts } from '../../delivery/event-sink.js';

/** What the verdicts depend on beside the event. */
export type VerdictSettings = SinkFacts;

/** Until analytics says otherwise. */
export const defaultVerdictSettings: VerdictSettings = {
  hasKey: true,
  host: 'https://us.i.posthog.com',
  eventPrefix: 'copilot_',
  posthogHeaders: false,
};
