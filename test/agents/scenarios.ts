import { scripts, type Script } from './script.js';

/** What the user of a scenario does. */
type Act = 'ask' | 'ask and stop' | 'ask and read nothing more' | 'ask, then approve' | 'ask, then refuse' | 'embed';

export interface Scenario {
  readonly script: Script;
  readonly act: Act;
  readonly streams?: boolean;
  /** The most steps that the run may take. */
  readonly maxSteps?: number;
  /** Whether what the application waits for fails. */
  readonly fails?: boolean;
  /** The story of its events, written by hand from the script. */
  readonly story: string;
}

const first = 'generation scripted-1 100(40 cached)/20 tool-calls asks';
const last = 'generation scripted-1 100(40 cached)/20 stop';
const nested = 'generation scripted-nested 100(40 cached)/20';
const spent = (generations: number) =>
  `generations ${generations} tokens ${generations * 100}/${generations * 20} cost ${generations * 0.25} scripted-1`;
const nothing = 'generations 1 tokens null/null cost null scripted-1';

/** The table: each framework plays each of them. Neighbours in a tree stand in alphabetical order. The message is 23 code points long. */
export const scenarios = {
  'a streamed answer': {
    script: scripts.answer,
    act: 'ask',
    streams: true,
    story: `
message_sent 23
agent_run_success copilot success tools 0/0 ${spent(1)}
response_completed success tools 0/0
trace copilot success
  ${last}`,
  },
  'two tools, of which one throws': {
    script: scripts.twoTools,
    act: 'ask',
    story: `
message_sent 23
tool_called broken_tool call-2 error TypeError
tool_called find_agent call-1 success
agent_run_success copilot success tools 2/1 ${spent(2)}
response_completed success tools 2/1
trace copilot success
  ${last}
  ${first} find_agent,broken_tool
  tool broken_tool call-2 error TypeError
  tool find_agent call-1 success`,
  },
  'parallel tools in a stream': {
    script: scripts.parallelTools,
    act: 'ask',
    streams: true,
    story: `
message_sent 23
tool_called find_agent call-1 success
tool_called find_agent call-2 success
tool_called find_agent call-3 success
agent_run_success copilot success tools 3/0 ${spent(2)}
response_completed success tools 3/0
trace copilot success
  ${last}
  ${first} find_agent,find_agent,find_agent
  tool find_agent call-1 success
  tool find_agent call-2 success
  tool find_agent call-3 success`,
  },
  'a nested agent as a tool': {
    script: scripts.nestedAgent,
    act: 'ask',
    story: `
message_sent 23
tool_called ask_researcher call-1 success
tool_called find_agent call-n success
agent_run_success copilot success tools 2/0 ${spent(4)}
response_completed success tools 2/0
trace copilot success
  ${last}
  ${first} ask_researcher
  tool ask_researcher call-1 success
    agent researcher success
      ${nested} stop
      ${nested} tool-calls asks find_agent
      tool find_agent call-n success`,
  },
  'an abort in the midst of the stream': {
    script: scripts.abort,
    act: 'ask and stop',
    streams: true,
    story: `
message_sent 23
agent_run_failed copilot aborted user_stopped tools 0/0 ${nothing}
response_completed aborted user_stopped tools 0/0
trace copilot aborted user_stopped
  generation scripted-1 aborted aborted user_stopped`,
  },
  'an error of the provider': {
    script: scripts.providerError,
    act: 'ask',
    fails: true,
    story: `
message_sent 23
agent_run_failed copilot error ProviderError tools 0/0 ${nothing}
response_completed error ProviderError tools 0/0
trace copilot error ProviderError
  generation scripted-1 error ProviderError 503`,
  },
  'an error in the midst of the stream': {
    script: scripts.inStreamError,
    act: 'ask',
    streams: true,
    story: `
message_sent 23
agent_run_failed copilot error tools 0/0 ${spent(1)}
response_completed error tools 0/0
trace copilot error
  generation scripted-1 100(40 cached)/20 error error`,
  },
  'a request that is tried again': {
    script: scripts.retry,
    act: 'ask',
    story: `
message_sent 23
agent_run_success copilot success tools 0/0 ${spent(1)}
response_completed success tools 0/0
trace copilot success
  ${last} after 1 failed`,
  },
  'an approval asked for and given': {
    script: scripts.approval,
    act: 'ask, then approve',
    story: `
message_sent 23
tool_called delete_agent call-1 success
tool_decision delete_agent call-1 accept waited
agent_run_success copilot success tools 1/0 ${spent(2)}
response_completed interrupted tools 0/0
response_completed success tools 1/0
trace copilot interrupted
  ${first} delete_agent
trace copilot success
  ${last}
  tool delete_agent call-1 success`,
  },
  'an approval asked for and refused': {
    script: scripts.approval,
    act: 'ask, then refuse',
    story: `
message_sent 23
tool_decision delete_agent call-1 reject waited
agent_run_success copilot success tools 0/0 ${spent(2)}
response_completed interrupted tools 0/0
response_completed success tools 0/0
trace copilot interrupted
  ${first} delete_agent
trace copilot success
  ${last}`,
  },
  'the limit of steps': {
    script: scripts.stepLimit,
    act: 'ask',
    maxSteps: 2,
    story: `
message_sent 23
tool_called find_agent call-1 success
tool_called find_agent call-2 success
agent_run_failed copilot step_limit tools 2/0 ${spent(2)}
response_completed step_limit tools 2/0
trace copilot step_limit
  ${first} find_agent
  ${first} find_agent
  tool find_agent call-1 success
  tool find_agent call-2 success`,
  },
  'a consumer that walks away': {
    script: scripts.abort,
    act: 'ask and read nothing more',
    streams: true,
    story: `
message_sent 23
agent_run_failed copilot aborted shutdown tools 0/0 ${nothing}
response_completed aborted shutdown tools 0/0
trace copilot aborted shutdown
  generation scripted-1 aborted aborted shutdown`,
  },
  'an embedding': {
    script: { steps: [] },
    act: 'embed',
    story: `
embedding embedder-1 3`,
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
