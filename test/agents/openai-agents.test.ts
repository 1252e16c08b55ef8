import { responsesDifferences } from './openai-agents-differences.js';
import { openAiAgentsFramework } from './openai-agents.js';
import { playScenarios } from './play-scenarios.js';

playScenarios(openAiAgentsFramework(responsesDifferences));
