import { Injectable } from '@nestjs/common';
import { TrackAgentRun, TrackAgentSchedule, TrackToolCall, TrackTriggerSetup } from 'nestjs-agent-analytics';
import { AgentLibrary, type LibraryAgent } from '../agents/agent-library.js';
import { AgentRuns, type QueuedRun } from '../agents/agent-runs.service.js';
import { type AgentSchedule, AgentScheduler } from '../agents/agent-scheduler.service.js';
import { type AgentTrigger, AgentTriggers } from '../agents/agent-triggers.service.js';
import { isToolError, type ToolError, type ToolInput } from './tool-inputs.js';

export interface FoundAgent {
  readonly libraryAgentId: string;
  readonly name: string;
  readonly description: string;
}

/** What the SDK tells a tool besides its input; `tool_call_id` is read from here. */
export interface ToolCallInfo {
  readonly toolCallId: string;
}

/** The copilot's tools around agents, as methods of a plain provider. */
@Injectable()
export class AgentTools {
  constructor(
    private readonly library: AgentLibrary,
    private readonly runs: AgentRuns,
    private readonly scheduler: AgentScheduler,
    private readonly triggers: AgentTriggers,
  ) {}

  @TrackToolCall()
  async findAgent({ query }: ToolInput<'find_agent'>, _call: ToolCallInfo): Promise<{ agents: FoundAgent[] }> {
    const agents = this.library.search(query);
    return {
      agents: agents.map(({ libraryAgentId, name, description }) => ({ libraryAgentId, name, description })),
    };
  }

  /** The run is only queued here; it ends in `AgentRuns`, which tells that with `trackAgentRunFinished`. */
  @TrackToolCall({ outcome: ({ result }) => (isToolError(result) ? 'error' : 'success') })
  @TrackAgentRun({ outcome: ({ result }) => (isToolError(result) ? 'error' : 'queued') })
  async runAgent(input: ToolInput<'run_agent'>, _call: ToolCallInfo): Promise<QueuedRun | ToolError> {
    const agent = this.library.get(input.libraryAgentId);
    return agent === undefined ? notFound(input) : this.runs.queue(agent);
  }

  /** Throws on a pattern that is no cron: the SDK tells the model, the decorators tell the failure. */
  @TrackToolCall()
  @TrackAgentSchedule()
  async scheduleAgent(input: ToolInput<'schedule_agent'>, _call: ToolCallInfo): Promise<AgentSchedule> {
    return this.scheduler.schedule(this.known(input), input.scheduleName, input.cron);
  }

  @TrackToolCall()
  @TrackTriggerSetup()
  async setupTrigger(input: ToolInput<'setup_trigger'>, _call: ToolCallInfo): Promise<AgentTrigger> {
    return this.triggers.setUp(this.known(input));
  }

  private known(input: { libraryAgentId: string }): LibraryAgent {
    const agent = this.library.get(input.libraryAgentId);
    if (agent === undefined) throw new Error(notFound(input).error);
    return agent;
  }
}

function notFound({ libraryAgentId }: { libraryAgentId: string }): ToolError {
  return { error: `There is no agent "${libraryAgentId}" in the library. Find one with find_agent.` };
}
