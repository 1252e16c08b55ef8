import { describe, expect, it } from 'vitest';
import { demoDecorators, playConversation } from '../support/demo-copy.js';

describe.concurrent('the demo’s conversation', { timeout: 120_000 }, () => {
  it('produces every event that it should', async ({ expect }) => {
    const { code, output } = await playConversation();
    expect(output).toContain('nothing is missing');
    expect(code).toBe(0);
  });

  it.each(demoDecorators())('says what is missing without $name', async (decorator) => {
    const { code, output } = await playConversation(decorator);
    expect(output).toContain('Not as it must be');
    expect(code).toBe(1);
  });
});
