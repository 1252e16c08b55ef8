import type { SinkFacts } from '../../delivery/event-sink.js';

/** What the verdicts depend on beside the event. */
export interface VerdictSettings extends SinkFacts {
  /** Whether the events come from any PostHog SDK, not from this library in an application of its own. */
  readonly isStandalone?: boolean;
}

/** Until analytics says otherwise. */
export const defaultVerdictSettings: VerdictSettings = {
  hasKey: true,
  host: 'https://us.i.posthog.com',
  eventPrefix: 'copilot_',
  posthogHeaders: false,
};
