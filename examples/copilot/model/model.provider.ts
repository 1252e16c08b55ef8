import type { FactoryProvider } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import type { LanguageModel } from 'ai';
import { setting, urlSetting } from '../demo-settings.js';
import { ScriptedModel } from './scripted-model.js';

/** The model that answers, and where its requests go. */
export interface CopilotModel {
  readonly model: LanguageModel;
  /** For `openRouterTracing`, which knows by it whether the request may carry OpenRouter's fields. */
  readonly endpoint: { provider: string; baseURL?: string };
  /** For the line at the start. */
  readonly description: string;
}

export const COPILOT_MODEL = Symbol('copilot-model');

/** OpenRouter's model with `OPENROUTER_API_KEY`, OpenAI's with `OPENAI_API_KEY`, else the scripted one. */
export const modelProvider: FactoryProvider<CopilotModel> = {
  provide: COPILOT_MODEL,
  inject: [ConfigService],
  useFactory: (config: ConfigService) => {
    const openRouterKey = setting(config, 'OPENROUTER_API_KEY');
    const openAiKey = setting(config, 'OPENAI_API_KEY');
    if (openRouterKey !== undefined) return openRouter(openRouterKey, setting(config, 'OPENROUTER_MODEL'));
    if (openAiKey !== undefined) {
      return openAi(openAiKey, setting(config, 'OPENAI_MODEL'), urlSetting(config, 'OPENAI_BASE_URL'));
    }
    return {
      model: new ScriptedModel(),
      endpoint: { provider: 'scripted' },
      description: 'a scripted model (set OPENROUTER_API_KEY or OPENAI_API_KEY for a real one)',
    };
  },
};

function openRouter(apiKey: string, modelId = 'openai/gpt-4.1-mini'): CopilotModel {
  return {
    model: createOpenRouter({ apiKey }).chat(modelId),
    endpoint: { provider: 'openrouter' },
    description: `${modelId} through OpenRouter`,
  };
}

/** OpenAI speaks the protocol that OpenRouter took from it, so one client serves both. */
function openAi(apiKey: string, modelId = 'gpt-4.1-mini', baseURL = 'https://api.openai.com/v1'): CopilotModel {
  return {
    model: createOpenRouter({ apiKey, baseURL, compatibility: 'strict' }).chat(modelId),
    endpoint: { provider: 'openai', baseURL },
    description: `${modelId} at ${new URL(baseURL).host}`,
  };
}
