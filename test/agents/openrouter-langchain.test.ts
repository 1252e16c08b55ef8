import { ChatOpenAI } from '@langchain/openai';
import { ChatOpenRouter } from '@langchain/openrouter';
import { langchain } from 'nestjs-agent-analytics/langchain';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import { ModelServer } from './model-server.js';
import { ownFields, wholeRequest } from './openrouter-fields.js';

let server: ModelServer;
let app: AgentApp;
beforeAll(async () => {
  server = await ModelServer.start();
  app = await AgentApp.start({ integrations: [langchain()] });
});
afterEach(() => {
  server.requests.splice(0);
  app.server.events.splice(0);
});
afterAll(async () => {
  await app.close();
  await server.close();
});

type Fields = Record<string, unknown> & { user?: string; session_id?: string };

const model = 'vendor/model-1';
const prompt = 'hi';
const openRouter = (more: object) =>
  new ChatOpenRouter({ apiKey: 'x', model, maxRetries: 0, baseURL: server.url, ...more });
const openAi = (more: object) =>
  new ChatOpenAI({ apiKey: 'x', model, maxRetries: 0, configuration: { baseURL: server.url }, ...more });

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, cost: 0.25 };
const message = { role: 'assistant', content: 'hello' };
const choice = { index: 0, finish_reason: 'stop' };
const answer = { id: 'gen-1', object: 'chat.completion', created: 1, model };
const chunk = { ...answer, object: 'chat.completion.chunk' };

const clients: Record<string, (fields: Fields) => Promise<unknown>> = {
  'ChatOpenRouter, made for the request': (fields) => openRouter({ modelKwargs: fields }).invoke(prompt),
  'ChatOpenRouter, one for all requests': ({ user, session_id: sessionId, trace, ...modelKwargs }) => {
    return openRouter({ modelKwargs }).invoke(prompt, { user, sessionId, trace } as object);
  },
  'ChatOpenAI, made for the request': (fields) => openAi({ modelKwargs: fields }).invoke(prompt),
};

// What `openRouterTracing()` answers, and what an application adds to it, arrives at OpenRouter whole.
it.each(Object.entries(clients))('OpenRouter is told the user and the session by %s', async (_, call) => {
  server.answer = { json: { ...answer, choices: [{ ...choice, message }], usage } };
  await app.as('ada', () => call({ ...app.analytics.openRouterTracing(), ...ownFields }));
  expect(server.requests).toEqual(wholeRequest(model));
});

it('ChatOpenAI takes them from no option of a single call: it has to be made for the request', async () => {
  server.answer = { json: { ...answer, choices: [{ ...choice, message }], usage } };
  const modelKwargs = { session_id: 'session-ada' };
  await openAi({}).invoke(prompt, { modelKwargs, session_id: 'session-ada' } as object);
  await openAi({})
    .withConfig({ modelKwargs } as object)
    .invoke(prompt);
  expect(server.requests.map(({ session_id: id }) => id)).toEqual([undefined, undefined]);
});

const streamed = [
  { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] },
  { ...chunk, choices: [{ ...choice, delta: {} }] },
];
const empty = { index: 0, delta: { ...message, content: '' }, finish_reason: null };

it.each([
  ['ChatOpenRouter', openRouter, undefined],
  ['ChatOpenAI', openAi, undefined],
  ['ChatOpenRouter, a stream', openRouter, [empty]],
  ['ChatOpenAI, a stream', openAi, [empty]],
  ['ChatOpenAI, a stream whose usage comes alone', openAi, []],
] as const)('OpenRouter’s cost and name are told of %s', async (_, client, lastChoices) => {
  const streams = lastChoices !== undefined;
  server.answer = streams
    ? { stream: [...streamed, { ...chunk, choices: lastChoices, usage }] }
    : { json: { ...answer, choices: [{ ...choice, message }], usage } };
  const chat = client({ ...(streams && { streamUsage: true }) });
  await app.as('ada', async () => {
    if (!streams) return chat.invoke(prompt);
    for await (const _chunk of await chat.stream(prompt));
    return undefined;
  });
  const [event] = await app.events();
  expect(event).toMatchObject({ event: '$ai_generation', distinct_id: 'ada' });
  expect(event?.properties).toMatchObject({
    $ai_provider: 'openrouter',
    $ai_model: model,
    $ai_input_tokens: 100,
    $ai_output_tokens: 20,
    $ai_total_cost_usd: 0.25,
    $ai_stop_reason: 'stop',
    session_id: 'session-ada',
  });
  expect(event?.properties['$ai_stream'] === true).toBe(streams);
});
