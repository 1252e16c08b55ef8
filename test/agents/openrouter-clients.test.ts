import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner } from '@openai/agents';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import { ModelServer } from './model-server.js';
import { ownFields, wholeRequest } from './openrouter-fields.js';

let server: ModelServer;
let app: AgentApp;
beforeAll(async () => {
  server = await ModelServer.start();
  app = await AgentApp.start({});
});
afterEach(() => server.requests.splice(0));
afterAll(async () => {
  await app.close();
  await server.close();
});

type Fields = Record<string, string | Record<string, string>>;

const prompt = 'hi';
const model = 'vendor/model-1';
const messages = [{ role: 'user' as const, content: prompt }];
const openai = () => new OpenAI({ apiKey: 'x', baseURL: server.url, maxRetries: 0 });
const agents = (made: OpenAIChatCompletionsModel | OpenAIResponsesModel, providerData: Fields) =>
  new Runner({ tracingDisabled: true }).run(
    new Agent({ name: 'copilot', model: made, modelSettings: { providerData } }),
    prompt,
  );
const openRouter = () => createOpenRouter({ apiKey: 'x', baseURL: server.url });

const chat = {
  id: 'gen-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' };
const response = {
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  model,
  output: [{ ...message, content: [{ type: 'output_text', text: 'hello', annotations: [] }] }],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};

const clients: Record<string, (fields: Fields) => Promise<unknown>> = {
  'openai, a chat completion': (fields) => openai().chat.completions.create({ model, messages, ...fields }),
  'openai, a response': (fields) => openai().responses.create({ model, input: prompt, ...fields }),
  '@openai/agents with chat completions, by modelSettings.providerData': (fields) =>
    agents(new OpenAIChatCompletionsModel(openai(), model), fields),
  '@openai/agents with responses, by modelSettings.providerData': (fields) =>
    agents(new OpenAIResponsesModel(openai(), model), fields),
  '@openrouter/ai-sdk-provider, for one call': (fields) =>
    generateText({ model: openRouter().chat(model), prompt, providerOptions: { openrouter: fields } }),
  '@openrouter/ai-sdk-provider, for a model': (fields) =>
    generateText({ model: openRouter().chat(model, { extraBody: fields }), prompt }),
  '@ai-sdk/openai-compatible by the name of openrouter, for one call': (fields) =>
    generateText({
      model: createOpenAICompatible({ name: 'openrouter', baseURL: server.url })(model),
      prompt,
      providerOptions: { openrouter: fields },
    }),
  '@ai-sdk/openai-compatible by the name of openrouter, for a model': (fields) =>
    generateText({
      model: createOpenAICompatible({
        name: 'openrouter',
        baseURL: server.url,
        transformRequestBody: (body: Record<string, unknown>) => ({ ...body, ...fields }),
      })(model),
      prompt,
    }),
};

// What `openRouterTracing()` answers, and what an application adds to it, arrives at OpenRouter whole.
it.each(Object.entries(clients))('OpenRouter is told the user and the session by %s', async (name, call) => {
  server.answer = { json: name.includes('response') ? response : chat };
  await app.as('ada', () => call({ ...app.analytics.openRouterTracing(), ...ownFields }));
  expect(server.requests).toEqual(wholeRequest(model));
});
