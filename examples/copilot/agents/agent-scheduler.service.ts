import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { AnalyticsContext, type AnalyticsContextValues, AnalyticsService } from 'nestjs-agent-analytics';
import type { LibraryAgent } from './agent-library.js';
import { AgentRuns } from './agent-runs.service.js';

export interface AgentSchedule {
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly cron: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly libraryAgentId: string;
  readonly nextRunAt: string;
}

/** A schedule fires this often and is then taken away, so that a forgotten demo does not tick all night. */
const MAX_TICKS = 20;
const MAX_SCHEDULES = 20;

/** Runs agents by cron, for the person and the conversation that asked for it. */
@Injectable()
export class AgentScheduler {
  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly runs: AgentRuns,
    private readonly analytics: AnalyticsService,
  ) {}

  /** Starts a cron job. A pattern that is no cron pattern, or one schedule too many, is an error. */
  schedule(agent: LibraryAgent, scheduleName: string, cron: string): AgentSchedule {
    if (this.registry.getCronJobs().size >= MAX_SCHEDULES) {
      throw new Error(`There are ${MAX_SCHEDULES} schedules already.`);
    }
    const scheduleId = randomUUID();
    const { userId, sessionId } = AnalyticsContext.get();
    const owner: AnalyticsContextValues = {
      userId: userId ?? null,
      sessionId: sessionId ?? null,
      trigger: 'schedule',
      triggerRef: scheduleId,
    };
    let ticks = 0;
    const job = CronJob.from({
      cronTime: cron,
      onTick: () => {
        // A trace of its own: the timer was made in a request, and would carry on that answer's trace for ever.
        AnalyticsContext.run({ ...owner, traceId: randomUUID() }, () => this.fire(agent, scheduleId));
        if (++ticks >= MAX_TICKS) this.registry.deleteCronJob(scheduleId);
      },
      start: true,
    });
    this.registry.addCronJob(scheduleId, job);

    return {
      scheduleId,
      scheduleName,
      cron,
      graphId: agent.graphId,
      graphName: agent.name,
      libraryAgentId: agent.libraryAgentId,
      nextRunAt: job.nextDate().toISO() ?? '',
    };
  }

  private fire(agent: LibraryAgent, scheduleId: string): void {
    const run = this.runs.queue(agent);
    this.analytics.trackScheduleFired({ scheduleId, graphId: run.graphId, executionId: run.executionId });
  }
}
