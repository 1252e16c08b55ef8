import * as ai from 'ai';
import * as ai6 from 'ai6';
import { aiSdkFramework } from './ai-sdk.js';
import type { AgentFramework } from './framework.js';
import { langChainFramework } from './langchain.js';
import { openAiAgentsFramework } from './openai-agents.js';
import { otelFramework } from './otel.js';

export const aiSdk7: AgentFramework = aiSdkFramework(ai, {
  name: 'AI SDK 7',
  specification: 'v4',
  stopAfter: ai.isStepCount,
  telemetry: 'telemetry',
});

/** All that run agents by hooks of one application: MCP, which has tools only, apart. */
export const frameworks: readonly AgentFramework[] = [
  aiSdk7,
  aiSdkFramework(ai6, {
    name: 'AI SDK 6',
    specification: 'v3',
    stopAfter: ai6.stepCountIs,
    telemetry: 'experimental_telemetry',
  }),
  langChainFramework('LangChain'),
  openAiAgentsFramework(),
  otelFramework(),
];
