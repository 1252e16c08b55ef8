import type { FactoryProvider } from '@nestjs/common';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { ChatOpenAI } from '@langchain/openai';
import { ScriptedModel } from './scripted.model.js';

export const CHAT_MODEL = Symbol('CHAT_MODEL');

/** OpenAI's model where there is a key for it, else one that needs no network. */
export const modelProvider: FactoryProvider<BaseChatModel> = {
  provide: CHAT_MODEL,
  useFactory: () => {
    return process.env['OPENAI_API_KEY'] ? new ChatOpenAI({ model: 'gpt-4.1-mini' }) : new ScriptedModel({});
  },
};
