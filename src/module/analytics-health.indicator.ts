import { Inject, Injectable } from '@nestjs/common';
import { AnalyticsService } from '../capture/analytics.service.js';
import type { AnalyticsStats } from '../delivery/delivery.js';

/** Not `HealthIndicatorResult` of terminus, which has other parameters in each major version; it fits into all. */
export type AnalyticsHealth<Key extends string = string> = Record<
  Key,
  Pick<AnalyticsStats, 'state' | 'oldestPendingMs' | 'lastError'> & { status: 'up' | 'down'; pending: number }
>;

/** When the indicator says `down`. */
export interface AnalyticsHealthLimits {
  /** How long the oldest event may wait, milliseconds. @default 300,000 */
  readonly maxPendingMs?: number | undefined;
  /** How many events may wait. @default no limit */
  readonly maxPending?: number | undefined;
}

/**
 * A health indicator for `@nestjs/terminus`: down while PostHog refuses the key, while what answers is not PostHog, and
 * while events wait for longer, or more of them, than they may. Up where analytics is off.
 *
 * The application itself is well all the same: ask it where somebody is to look at delivery, not in a liveness probe.
 *
 * @example
 * constructor(private health: HealthCheckService, private analytics: AnalyticsHealthIndicator) {}
 *
 * @Get('health') @HealthCheck()
 * check() { return this.health.check([() => this.analytics.isHealthy('analytics')]); }
 */
@Injectable()
export class AnalyticsHealthIndicator {
  constructor(@Inject(AnalyticsService) private readonly analytics: AnalyticsService) {}

  /** The indicator's result under this key. Never throws. */
  isHealthy<const Key extends string>(
    key: Key,
    { maxPendingMs = 5 * 60_000, maxPending = Infinity }: AnalyticsHealthLimits = {},
  ): AnalyticsHealth<Key> {
    const { state, pending, oldestPendingMs, lastError } = this.analytics.stats();
    const isHeld = state === 'key_hold' || state === 'endpoint_hold';
    const isLate = oldestPendingMs > maxPendingMs || pending.total > maxPending;
    const status = isHeld || isLate ? 'down' : 'up';
    const result = { status, state, pending: pending.total, oldestPendingMs, lastError };
    return { [key]: result } as AnalyticsHealth<Key>;
  }
}
