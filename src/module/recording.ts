import type { Delivery } from '../delivery/delivery.js';
import type { AnalyticsSettings } from './settings.js';

/**
 * The token by which a test takes the place of PostHog: `null` in an application.
 * With a recording analytics is on without a key, and nothing goes to the network.
 */
export const RECORDING = Symbol.for('nestjs-agent-analytics:recording');

export interface Recording {
  /** Called when analytics comes up. */
  attach(delivery: Delivery, settings: AnalyticsSettings): void;
}
