import type { Delivery } from '../delivery/delivery.js';
import type { EventCapture } from './event-capture.js';
import type { ExceptionCapture } from './exception-capture.js';
import type { RunEnds } from './run-ends.js';

/** The working parts behind `AnalyticsService`, there while analytics is on. */
export interface AnalyticsCore {
  readonly capture: EventCapture;
  readonly delivery: Delivery;
  readonly exceptions: ExceptionCapture;
  readonly runEnds: RunEnds;
}
