import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AnalyticsContext, type AnalyticsContextValues, AnalyticsService } from 'nestjs-agent-analytics';
import type { LibraryAgent } from './agent-library.js';
import { AgentRuns, type QueuedRun } from './agent-runs.service.js';

export interface AgentTrigger {
  readonly triggerId: string;
  readonly triggerType: 'webhook';
  /** Where to POST to, below the address of this application. */
  readonly webhookPath: string;
  readonly graphId: string;
  readonly graphName: string;
  readonly libraryAgentId: string;
}

const MAX_TRIGGERS = 100;

/** Runs agents when a webhook is called, for the person and the conversation that set it up. */
@Injectable()
export class AgentTriggers {
  private readonly triggers = new Map<string, { agent: LibraryAgent; owner: AnalyticsContextValues }>();

  constructor(
    private readonly runs: AgentRuns,
    private readonly analytics: AnalyticsService,
  ) {}

  /** Makes a webhook. Its id is its secret: whoever knows it may run the agent. */
  setUp(agent: LibraryAgent): AgentTrigger {
    if (this.triggers.size >= MAX_TRIGGERS) throw new Error(`There are ${MAX_TRIGGERS} webhooks already.`);
    const triggerId = randomBytes(12).toString('hex');
    const { userId, sessionId } = AnalyticsContext.get();
    const owner: AnalyticsContextValues = {
      userId: userId ?? null,
      sessionId: sessionId ?? null,
      trigger: 'webhook',
      triggerRef: triggerId,
    };
    this.triggers.set(triggerId, { agent, owner });
    return {
      triggerId,
      triggerType: 'webhook',
      webhookPath: `/webhooks/${triggerId}`,
      graphId: agent.graphId,
      graphName: agent.name,
      libraryAgentId: agent.libraryAgentId,
    };
  }

  /** Runs the agent of this webhook; `undefined` where there is no such webhook. */
  fire(triggerId: string): QueuedRun | undefined {
    const trigger = this.triggers.get(triggerId);
    if (trigger === undefined) return undefined;

    return AnalyticsContext.run(trigger.owner, () => {
      const run = this.runs.queue(trigger.agent);
      this.analytics.trackTriggerFired({
        triggerType: 'webhook',
        triggerRef: triggerId,
        graphId: run.graphId,
        executionId: run.executionId,
      });
      return run;
    });
  }
}
