import { generateText, stepCountIs, streamText, type LanguageModel } from 'ai6';
import { AnalyticsContext } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { currentFrame } from '../../src/context/context-storage.js';
import { AgentApp } from './agent-app.js';
import { scriptedAiModel } from './ai-sdk.js';
import { PROMPT, scripts } from './script.js';
import { storyOf } from './story.js';

let app: AgentApp | undefined;
afterEach(async () => app?.close());

const call = (name: string) => ({
  model: scriptedAiModel('v3', scripts.answer.steps, `model-${name}`) as unknown as LanguageModel,
  prompt: PROMPT,
  stopWhen: stepCountIs(3),
  experimental_telemetry: { functionId: name },
});

async function start(): Promise<AgentApp> {
  app = await AgentApp.start({ integrations: [aiSdk()] });
  return app;
}

/** The trees, without the product events. */
async function trees(on: AgentApp): Promise<string[]> {
  return storyOf(await on.events())
    .split('\n')
    .filter((line) => /^ *(trace|agent |generation)/.test(line));
}

const own = (name: string) => [`trace ${name} success`, `  generation model-${name} 100(40 cached)/20 stop`];

// Its hooks enter the context of the call that they are told of; nobody else may notice.
describe('AI SDK 6', () => {
  it('leaves the caller’s context as it was, before and after its answer', async () => {
    const current = await start();
    await current.as('ada', async () => {
      const before = currentFrame();
      const answering = generateText(call('a'));
      expect(currentFrame()).toBe(before);
      await answering;
      expect(currentFrame()).toBe(before);
      const { textStream } = streamText(call('b'));
      expect(currentFrame()).toBe(before);
      for await (const _ of textStream) expect(currentFrame()).toBe(before);
      expect(currentFrame()).toBe(before);
    });
  });

  it('tells two calls at once in one context apart', async () => {
    const current = await start();
    await current.as('ada', () => Promise.all([generateText(call('a')), generateText(call('b'))]));
    expect(await trees(current)).toEqual([...own('a'), ...own('b')]);
  });

  it('tells calls apart where the application’s own callback loses the context', async () => {
    const current = await start();
    const onStart = () => new Promise<void>((done) => setImmediate(done));
    const withCallback = (name: string) => ({ ...call(name), experimental_onStart: onStart });
    await current.as('ada', () => Promise.all([generateText(withCallback('a')), generateText(withCallback('b'))]));
    expect(await trees(current)).toEqual([...own('a'), ...own('b')]);
  });

  it('tells one call after another in one context', async () => {
    const current = await start();
    await current.as('ada', async () => {
      await generateText(call('a'));
      for await (const _ of streamText(call('b')).textStream);
    });
    expect(await trees(current)).toEqual([...own('a'), ...own('b')]);
  });

  it('is told outside any context too', async () => {
    const current = await start();
    await generateText(call('a'));
    expect(AnalyticsContext.get()).toEqual({});
    expect(await trees(current)).toEqual(own('a'));
  });
});
