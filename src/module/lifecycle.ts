import type { AnalyticsCore } from '../capture/analytics-core.js';
import type { PostHogClients } from '../delivery/posthog-client.js';
import type { Pipeline } from '../delivery/pipeline.js';
import type { Clock, TimerHandle } from '../event/clock.js';

/** The share of the time that belongs to what only ends with the connections: open streams, calls in flight. */
const LAST_SHARE = 0.2;

export interface Leaving {
  readonly core: AnalyticsCore;
  readonly pipeline: Pipeline;
  readonly posthog: PostHogClients;
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Ends what is still at work in decorated calls and agent frameworks. */
  readonly endOpenWork: () => void;
  /** Whether events go to PostHog, so that their loss would be one. */
  readonly ownsDelivery: boolean;
  /** Called when nothing is taken any more. */
  readonly onClosed: () => void;
}

/**
 * How one application's analytics leaves, within `timeoutMs` of the first of Nest's shutdown hooks.
 *
 * An open stream may hold the last hook up for ever, so what is open then ends by a timer of its own, early enough for
 * its events to be sent.
 */
export class Lifecycle {
  private deadline: number | undefined;
  private timer: TimerHandle | undefined;
  private closed = false;

  constructor(private readonly parts: Leaving) {
    // Beside process.exit this comes after an uncaught exception, and where nothing is left to do.
    if (parts.ownsDelivery) process.once('exit', this.finish);
  }

  /** From `beforeApplicationShutdown`: sends what is pending; new events are still taken. */
  async leave(): Promise<void> {
    const { clock, core, pipeline, timeoutMs } = this.parts;
    if (this.closed || this.deadline !== undefined) return;
    this.deadline = clock.monotonic() + timeoutMs;
    core.capture.openCalls.leave();
    this.timer = clock.setTimer(this.endWork, timeoutMs * (1 - LAST_SHARE));
    await core.exceptions.settled();
    await pipeline.leave(timeoutMs * (1 - LAST_SHARE));
  }

  /** From `onApplicationShutdown`: the connections are closed, so what is still in flight is over. */
  async close(): Promise<void> {
    const { clock, pipeline, posthog, timeoutMs } = this.parts;
    if (this.closed) return;
    this.deadline ??= clock.monotonic() + timeoutMs;
    this.parts.endOpenWork();
    // Records what the client is still building: it waits for flags, if for anything.
    await posthog.close(Math.max(1, (this.deadline - clock.monotonic()) / 2));
    const left = this.deadline - clock.monotonic();
    if (left > 0) await pipeline.leave(left);
    this.finish();
  }

  /** The connections have not closed: what is open is over all the same. */
  private readonly endWork = (): void => {
    const { clock, pipeline, timeoutMs, endOpenWork } = this.parts;
    const left = timeoutMs * LAST_SHARE;
    this.timer = clock.setTimer(this.finish, left);
    endOpenWork();
    void pipeline.leave(left);
  };

  /** The end, in one call, as an exit handler must: what is pending stays in the spool, or is dropped and told. */
  private readonly finish = (): void => {
    if (this.closed) return;
    this.closed = true;
    process.removeListener('exit', this.finish);
    this.timer?.cancel();
    this.parts.endOpenWork();
    this.parts.core.exceptions.finish();
    this.parts.pipeline.close();
    this.parts.onClosed();
  };
}
