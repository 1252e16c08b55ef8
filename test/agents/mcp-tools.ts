import type { AnalyticsService } from 'nestjs-agent-analytics';
import { executeTool, MODEL, TOOL_DESCRIPTION, USAGE } from './script.js';

export interface ToolAnswer {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
  isError?: boolean;
}

/** What a tool may use of its server, in whatever version. */
export interface ToolCallContext {
  readonly signal: AbortSignal;
  readonly progress: (step: number) => Promise<void>;
}

/** The tools of every MCP server in the tests, whatever it is built with. */
export class McpTools {
  private readonly aborted: Promise<void>;
  private tellAborted: () => void = () => undefined;

  constructor(private readonly analytics: () => AnalyticsService) {
    this.aborted = new Promise((done) => (this.tellAborted = done));
  }

  readonly descriptions: Readonly<Record<ToolName, string>> = {
    find_agent: TOOL_DESCRIPTION,
    broken_tool: TOOL_DESCRIPTION,
    refusing_tool: TOOL_DESCRIPTION,
    endless_tool: TOOL_DESCRIPTION,
    summarise: TOOL_DESCRIPTION,
  };

  /** As an application would write it. */
  async call(name: ToolName, context: ToolCallContext): Promise<ToolAnswer> {
    switch (name) {
      case 'refusing_tool':
        return { content: [{ type: 'text', text: 'MARKER-TOOLERROR, said' }], isError: true };
      case 'endless_tool':
        return this.hang(context);
      case 'summarise':
        for (const step of [1, 2]) await context.progress(step);
        this.analytics().trackGeneration({ model: MODEL, inputTokens: USAGE.input, outputTokens: USAGE.output });
        return answer('summarised');
      default:
        return answer(await executeTool(name));
    }
  }

  /** When `endless_tool` has been stopped, and whatever listens to that too has heard of it. */
  async stopped(): Promise<void> {
    await this.aborted;
    await new Promise((done) => setImmediate(done));
  }

  /** Says that it has begun by its progress, and works until it is stopped. */
  private async hang({ signal, progress }: ToolCallContext): Promise<ToolAnswer> {
    const stop = new Promise((done) => signal.addEventListener('abort', done, { once: true }));
    await progress(1);
    await stop;
    this.tellAborted();
    return answer('too late');
  }
}

export const toolNames = ['find_agent', 'broken_tool', 'refusing_tool', 'endless_tool', 'summarise'] as const;
export type ToolName = (typeof toolNames)[number];

function answer(found: unknown): ToolAnswer {
  return { content: [{ type: 'text', text: JSON.stringify(found) }] };
}
