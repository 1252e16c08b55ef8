/** What a scripted model says, by hand: no framework, no network, no chance. */

/** Stands in everything that is content; nothing with it may leave the process unless it was switched on. */
export const MARKER = 'MARKER';

export interface ScriptedCall {
  readonly id: string;
  readonly tool: keyof typeof toolResults;
}

/** One answer of the model. */
export interface Step {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** It fails instead. */
  readonly error?: 'fatal' | 'retryable';
  /** The first pieces come, then nothing more until it is aborted. */
  readonly hangs?: boolean;
  /** An error comes in the stream, after the first pieces. */
  readonly breaks?: boolean;
}

export interface Script {
  readonly steps: readonly Step[];
  /** What an agent that is asked as a tool says. */
  readonly nested?: readonly Step[];
}

/** What every answer reports. */
export const USAGE = { input: 100, cacheRead: 40, output: 20, reasoning: 5, cost: 0.25 } as const;

export const MODEL = 'scripted-1';
export const NESTED_MODEL = 'scripted-nested';
export const SYSTEM = `${MARKER}-SYSTEM: be brief`;
export const PROMPT = `${MARKER}-PROMPT find it 👍`;
export const ANSWER = `${MARKER}-COMPLETION here it is`;
export const TOOL_DESCRIPTION = `${MARKER}-TOOLDEFINITION of a tool`;
export const TOOL_INPUT = { query: `${MARKER}-ARGUMENT` };

/** What the tools do. `throws`: with that message, as a TypeError. */
export const toolResults = {
  find_agent: { returns: { agentId: 'a1', found: `${MARKER}-RESULT` } },
  broken_tool: { throws: `${MARKER}-TOOLERROR` },
  delete_agent: { returns: { deleted: `${MARKER}-RESULT` } },
  ask_researcher: { asks: 'researcher' },
} as const;

/** The error of a provider. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly statusCode = 503;
}

export const PROVIDER_ERROR = `${MARKER}-PROVIDERERROR`;

/** Runs a scripted tool as an application would. */
export async function executeTool(tool: string): Promise<unknown> {
  await new Promise((done) => setImmediate(done));
  const { returns, throws } = toolResults[tool as keyof typeof toolResults] as { returns?: unknown; throws?: string };
  if (throws !== undefined) throw new TypeError(throws);
  return returns;
}

const answer: Step = { text: ANSWER };
const findAgent = (id: string): ScriptedCall => ({ id, tool: 'find_agent' });

/** The scripts of the scenarios. */
export const scripts = {
  answer: { steps: [answer] },
  twoTools: { steps: [{ calls: [findAgent('call-1'), { id: 'call-2', tool: 'broken_tool' }] }, answer] },
  parallelTools: { steps: [{ calls: [findAgent('call-1'), findAgent('call-2'), findAgent('call-3')] }, answer] },
  nestedAgent: {
    steps: [{ calls: [{ id: 'call-1', tool: 'ask_researcher' }] }, answer],
    nested: [{ calls: [findAgent('call-n')] }, answer],
  },
  abort: { steps: [{ text: ANSWER, hangs: true }] },
  providerError: { steps: [{ error: 'fatal' }] },
  inStreamError: { steps: [{ text: ANSWER, breaks: true }] },
  retry: { steps: [{ error: 'retryable', text: ANSWER }] },
  approval: { steps: [{ calls: [{ id: 'call-1', tool: 'delete_agent' }] }, answer] },
  stepLimit: { steps: [{ calls: [findAgent('call-1')] }, { calls: [findAgent('call-2')] }, answer] },
} as const satisfies Record<string, Script>;
