import { generateText, streamText, type LanguageModel } from 'ai';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AgentApp } from './agent-app.js';
import { scriptedAiModel } from './ai-sdk.js';
import { PROMPT, scripts } from './script.js';

const call = (integrations?: object[]) => ({
  model: scriptedAiModel('v4', scripts.answer.steps, 'scripted') as unknown as LanguageModel,
  prompt: PROMPT,
  telemetry: { functionId: 'copilot', ...(integrations !== undefined && { integrations }) },
});

let app: AgentApp | undefined;
afterEach(async () => {
  await app?.close();
  vi.unstubAllEnvs();
});

async function start(): Promise<AgentApp> {
  app = await AgentApp.start({ integrations: [aiSdk()] });
  return app;
}

const warnings = ({ everythingSaid }: AgentApp): string[] => everythingSaid.match(/.*NAA604.*/g) ?? [];

describe('a call of AI SDK 7 with integrations of its own', () => {
  it('is warned of once, with the way out', async () => {
    const current = await start();
    await generateText(call([{}]));
    await generateText(call([{}]));
    await streamText(call([{}])).text;
    expect(warnings(current)).toHaveLength(1);
    expect(warnings(current)[0]).toContain('A call of generateText() has integrations of its own');
  });

  it('is warned of where it streams', async () => {
    const current = await start();
    await streamText(call([{}])).text;
    await vi.waitFor(() => expect(warnings(current)[0]).toContain('streamText()'));
  });

  it('is nothing to warn of where it has none', async () => {
    const current = await start();
    await generateText(call());
    await streamText(call()).text;
    await current.leave();
    expect(warnings(current)).toEqual([]);
  });

  it('costs nothing in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const current = await start();
    await generateText(call([{}]));
    expect(warnings(current)).toEqual([]);
  });
});
