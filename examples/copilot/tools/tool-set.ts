import { Injectable } from '@nestjs/common';
import { tool, type ToolSet } from 'ai';
import { AgentTools } from './agent-tools.js';
import { DocsTools } from './docs-tools.js';
import { toolInputs } from './tool-inputs.js';

/** The five tools in the shape that the AI SDK wants. Each only calls a provider's method, where the tracking is. */
@Injectable()
export class CopilotTools {
  readonly set: ToolSet;

  constructor(agents: AgentTools, docs: DocsTools) {
    this.set = {
      find_agent: tool({
        description: 'Find agents in the library by what they do.',
        inputSchema: toolInputs.find_agent,
        execute: (input, call) => agents.findAgent(input, call),
      }),
      run_agent: tool({
        description: 'Queue a run of an agent. It works in the background.',
        inputSchema: toolInputs.run_agent,
        execute: (input, call) => agents.runAgent(input, call),
      }),
      schedule_agent: tool({
        description: 'Run an agent again and again, by a cron pattern.',
        inputSchema: toolInputs.schedule_agent,
        execute: (input, call) => agents.scheduleAgent(input, call),
      }),
      setup_trigger: tool({
        description: 'Give an agent a webhook that runs it when it is called.',
        inputSchema: toolInputs.setup_trigger,
        execute: (input, call) => agents.setupTrigger(input, call),
      }),
      search_docs: tool({
        description: 'Search the documentation of the product.',
        inputSchema: toolInputs.search_docs,
        execute: (input, call) => docs.searchDocs(input, call),
      }),
    };
  }
}
