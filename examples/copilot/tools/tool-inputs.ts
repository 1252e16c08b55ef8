import { z } from 'zod';

/** What the model must say to call each tool. The descriptions are for the model. */
export const toolInputs = {
  find_agent: z.object({ query: z.string().describe('What the agent should be able to do') }),
  run_agent: z.object({ libraryAgentId: z.string().describe('The id that find_agent gave') }),
  schedule_agent: z.object({
    libraryAgentId: z.string().describe('The id that find_agent gave'),
    scheduleName: z.string().describe('A short name for the schedule'),
    cron: z.string().describe('A cron pattern of five fields, or six with seconds first'),
  }),
  setup_trigger: z.object({ libraryAgentId: z.string().describe('The id that find_agent gave') }),
  search_docs: z.object({ query: z.string().describe('What to look for in the documentation') }),
};

type ToolName = keyof typeof toolInputs;
export type ToolInput<Name extends ToolName> = z.infer<(typeof toolInputs)[Name]>;

/** Many tools answer with their error, so that the model can read it and go on. */
export interface ToolError {
  readonly error: string;
}

export function isToolError(output: unknown): output is ToolError {
  return typeof output === 'object' && output !== null && 'error' in output;
}
