import type { ModulesContainer } from '@nestjs/core';
import type { AnalyticsCore } from '../capture/analytics-core.js';
import type { AnalyticsReport, ReportedCall, ReportedMethod, ReportedSettings } from '../delivery/analytics-report.js';
import type { AnalyticsStats } from '../delivery/delivery.js';
import type { Clock } from '../event/clock.js';
import { trackedMethods } from '../tracking/tracked-methods.js';
import type { NestReporter } from './nest-reporter.js';
import { prototypeOf } from './wrapper-prototype.js';

interface ReportSources {
  readonly modules: ModulesContainer;
  readonly reporter: NestReporter;
  readonly clock: Clock;
  readonly settings: () => ReportedSettings | undefined;
  /** `undefined` while analytics is off. */
  readonly core: () => AnalyticsCore | undefined;
}

/** What one application's analytics knows of itself. It keeps nothing: each answer is read where the fact is. */
export class ApplicationReport implements AnalyticsReport {
  readonly startedAt: number;

  constructor(private readonly sources: ReportSources) {
    this.startedAt = sources.clock.now();
  }

  get settings(): ReportedSettings | undefined {
    return this.sources.settings();
  }

  stats(): AnalyticsStats | undefined {
    return this.sources.core()?.delivery.stats();
  }

  trackedMethods(): readonly ReportedMethod[] {
    const found = new Map<string, ReportedMethod>();
    const seen = new Set<object>();
    for (const { providers, controllers } of this.sources.modules.values()) {
      for (const wrapper of [...providers.values(), ...controllers.values()]) {
        const prototype = prototypeOf(wrapper);
        if (prototype === undefined || seen.has(prototype)) continue;
        seen.add(prototype);
        for (const { where, decorators } of trackedMethods(prototype)) found.set(where, { where, decorators });
      }
    }
    return [...found.values()];
  }

  openCalls(most: number): readonly ReportedCall[] {
    const calls = this.sources.core()?.capture.openCalls.oldestCalls(most) ?? [];
    const now = this.sources.clock.monotonic();
    return calls.map(({ method, startedAt }) => ({ where: method?.where, ageMs: Math.max(0, now - startedAt) }));
  }

  said(): ReturnType<AnalyticsReport['said']> {
    return this.sources.reporter.said();
  }
}
