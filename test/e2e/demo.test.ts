import { describe, expect, it } from 'vitest';
import { demoDecorators, playConversation } from '../support/demo-copy.js';

describe.concurrent('the demo’s conversation', { timeout: 120_000 }, () => {
  it('produces every event that it should', async ({ expect }) => {
    const { code, output } = await playConversation();
    expect(output).toContain('nothing is missing');
    expect(code).toBe(0);
  });

  it('tells nothing twice beside the AI SDK’s integration, which adds the model’s calls and the traces', async ({
    expect,
  }) => {
    const { code, output } = await playConversation(undefined, { DEMO_INTEGRATIONS: 'ai-sdk' });
    expect(output).toContain('nothing is missing');
    for (const event of ['$ai_trace', '$ai_span', '$ai_generation']) expect(output).toContain(event);
    expect(code).toBe(0);
  });

  it.each(demoDecorators())('says what is missing without $name', async (decorator) => {
    const { code, output } = await playConversation(decorator);
    expect(output).toContain('Not as it must be');
    expect(code).toBe(1);
  });
});
