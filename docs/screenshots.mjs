// Makes the pictures in docs/images from the running demo: `npm run screenshots`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const demo = spawn(process.execPath, ['examples/copilot/dist/main.js'], {
  env: { ...process.env, PORT: '0', POSTHOG_API_KEY: '', OPENROUTER_API_KEY: '', OPENAI_API_KEY: '' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
while (!said.includes('Answers come from')) said += String((await once(demo.stdout, 'data'))[0]);
demo.stdout.resume();
const url = /Copilot demo: (\S+)/.exec(said)[1];
const inbox = /alone: (\S+)/.exec(said)[1];

// With one process for all, closing a page would end the browser.
const args = sparticuz.args.filter((arg) => arg !== '--single-process');
const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args });
const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 800 };

async function shoot(name, address, viewport, colorScheme, prepare = async () => {}) {
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
  await page.goto(address);
  await prepare(page);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
  console.log(`docs/images/${name}.png`);
}

async function chat(page) {
  await page.frameLocator('iframe').locator('[data-connection=live]').waitFor();
  await page.locator('input[value=demo-ada]').check({ force: true });
  for (const message of ['Run the newsletter writer', 'What do the docs say about unicorns?']) {
    await page.locator('#message').fill(message);
    await page.keyboard.press('Enter');
    await page.locator('#stop').waitFor({ state: 'visible' });
    await page.locator('#send').waitFor({ state: 'visible' });
  }
  await page.frameLocator('iframe').locator('.row', { hasText: 'copilot_agent_run_success' }).first().waitFor();
}

async function openEvent(page) {
  await page.locator('[data-connection=live]').waitFor();
  await page.locator('.row', { hasText: 'copilot_agent_run_success' }).first().click();
  await page.waitForTimeout(300);
}

try {
  await shoot('demo-light', url, wide, 'light', chat);
  await shoot('demo-dark', url, wide, 'dark', chat);
  await shoot('inbox-light', inbox, wide, 'light', openEvent);
  await shoot('inbox-dark', inbox, wide, 'dark', openEvent);
  await shoot('inbox-narrow', inbox, narrow, 'light', (page) => page.locator('[data-connection=live]').waitFor());
} finally {
  await browser.close();
  demo.kill('SIGTERM');
}
