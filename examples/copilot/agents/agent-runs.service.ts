import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AnalyticsContext, type AnalyticsContextValues, AnalyticsService } from 'nestjs-agent-analytics';
import type { LibraryAgent } from './agent-library.js';

/** What whoever starts a run gets at once: it is queued, and ends later. */
export interface QueuedRun {
  readonly status: 'queued';
  readonly executionId: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly libraryAgentId: string;
}

interface PendingRun {
  readonly run: QueuedRun;
  readonly agent: LibraryAgent;
  readonly startedAt: Date;
  /** Plain JSON, as it would lie in a queue's job: who the run is for, and which conversation and trace it belongs to. */
  readonly analytics: AnalyticsContextValues;
  readonly timer: NodeJS.Timeout;
}

/** Runs agents in the background. A run ends long after the request that queued it. */
@Injectable()
export class AgentRuns implements BeforeApplicationShutdown {
  private readonly pending = new Map<string, PendingRun>();

  constructor(private readonly analytics: AnalyticsService) {}

  queue(agent: LibraryAgent): QueuedRun {
    const run: QueuedRun = {
      status: 'queued',
      executionId: randomUUID(),
      graphId: agent.graphId,
      graphName: agent.name,
      libraryAgentId: agent.libraryAgentId,
    };
    const timer = setTimeout(() => this.end(run.executionId, false), agent.runsForMs);
    this.pending.set(run.executionId, {
      run,
      agent,
      startedAt: new Date(),
      analytics: AnalyticsContext.get(),
      timer,
    });
    return run;
  }

  /** What is still running when the process leaves is told as aborted. */
  beforeApplicationShutdown(): void {
    for (const { run, timer } of [...this.pending.values()]) {
      clearTimeout(timer);
      this.end(run.executionId, true);
    }
  }

  private end(executionId: string, isStopped: boolean): void {
    const pending = this.pending.get(executionId);
    if (pending === undefined) return;
    this.pending.delete(executionId);
    const { run, agent, startedAt, analytics } = pending;
    const failureReason = agent.failsWith ?? null;

    AnalyticsContext.run(analytics, () =>
      this.analytics.trackAgentRunFinished({
        executionId,
        graphId: run.graphId,
        graphName: run.graphName,
        libraryAgentId: run.libraryAgentId,
        startedAt,
        finishedAt: new Date(),
        costUsd: agent.costUsd,
        ...(isStopped
          ? { outcome: 'aborted', abortReason: 'shutdown' }
          : { outcome: failureReason === null ? 'success' : 'error', failureReason }),
      }),
    );
  }
}
