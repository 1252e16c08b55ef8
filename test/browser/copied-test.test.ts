import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from '../support/demo-copy.js';
import { launchBrowser } from './browser.js';

const messages = ['Find agents for support tickets', 'What do the docs say about unicorns?'];

/** What the copied test leaves to its reader: the demo's own module, and the same words over HTTP. */
const haveConversation = `
import { Test } from '@nestjs/testing';
import { recordAnalytics } from 'nestjs-agent-analytics/testing';
import { AppModule } from '../../examples/copilot/app.module.js';
import { ChatClient } from '../../examples/copilot/conversation/chat-client.js';

export async function haveConversation(session: string) {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const analytics = recordAnalytics(builder);
  const app = (await builder.compile()).createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
  const visitor = new ChatClient(await app.getUrl(), session);
  for (const message of ${JSON.stringify(messages)}) await visitor.send(message);
  await app.close();
  return analytics;
}
`;

const config = `
import base from '../vitest.config.ts';

export default { ...base, test: { include: ['*/copied.test.ts'], root: import.meta.dirname, reporters: ['default'] } };
`;

describe('a conversation that is copied as a test', { timeout: 40_000 }, () => {
  let browser: Browser;
  let demo: Awaited<ReturnType<typeof startDemo>>;
  const folder = mkdtempSync(join(process.cwd(), '.mutant-copied-test-'));

  beforeAll(async () => {
    [browser, demo] = await Promise.all([launchBrowser(), startDemo()]);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await demo.stop();
    rmSync(folder, { recursive: true });
  });

  it('passes as it is for the same conversation, and fails for another', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(8_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(demo.inbox).origin });
    const chat = await context.newPage();
    await chat.goto(demo.url);
    for (const message of messages) {
      await chat.locator('#message').fill(message);
      await chat.keyboard.press('Enter');
      await chat.locator('#stop').waitFor({ state: 'visible' });
      await chat.locator('#send').waitFor({ state: 'visible' });
    }
    const inbox = await context.newPage();
    await inbox.goto(demo.inbox);
    await inbox.locator('[data-connection=live]').waitFor();
    await inbox.locator('.views [data-view=conversations]').click();
    await inbox.locator('.session').first().click();
    await inbox.locator('.node[data-title=search_docs]').waitFor();
    await inbox.getByRole('button', { name: 'Copy as test' }).click();
    await inbox.locator('.conversation-title [data-state=copied]').waitFor();
    const copied = await inbox.evaluate(() => navigator.clipboard.readText());
    expect(copied.match(/toHaveTracked\('copilot_\w+'/g)).toHaveLength(6);

    writeFileSync(join(folder, 'vitest.config.ts'), config);
    writeTest(join(folder, 'same'), copied, haveConversation);
    // That question has an answer, so no tool fails.
    writeTest(join(folder, 'another'), copied, haveConversation.replace('unicorns', 'credits'));
    const output = await runTests(folder);
    expect(output).toContain('✓ same/copied.test.ts (1 test)');
    expect(output).toContain('FAIL  another/copied.test.ts');
    expect(output).toContain('Error: Expected: copilot_response_completed');
    expect(output).toContain('But it was tracked like this twice');
  });
});

function writeTest(folder: string, copied: string, conversation: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'copied.test.ts'), copied);
  writeFileSync(join(folder, 'have-conversation.ts'), conversation);
}

function runTests(folder: string): Promise<string> {
  const vitest = join(process.cwd(), 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, NODE_ENV: 'test', NO_COLOR: '1', POSTHOG_API_KEY: '', OPENROUTER_API_KEY: '' };
  const args = [vitest, 'run', '--config', join(folder, 'vitest.config.ts')];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}
